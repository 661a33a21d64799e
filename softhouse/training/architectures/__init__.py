"""Three architectures, a readable file each, and their exchange with transformers.

`build` makes a new model, `save` and `load` exchange it with a folder in Hugging Face's layout.
"""

from softhouse.training.architectures.configuration import Architecture, Configuration
from softhouse.training.architectures.folder import build, load, save

__all__ = ["Architecture", "Configuration", "build", "load", "save"]
