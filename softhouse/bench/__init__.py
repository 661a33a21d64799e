"""What the house is worth: the same model measured alone and as a house, on problems with checks that it never sees.

Nobody but the command line imports this room. It comes with the product: `softhouse bench humaneval|requirements`.
"""
