"""What runs on the far side of the wall: standard library only, quick to start."""
