"""From a model that continues text to one that does what it is told: four steps, a file each, carried by trl and peft.

`sft` learns answers, `dpo` learns which of two answers is better, `reward` learns to score answers, `rlhf` learns from
scores: those of a reward model, or what the sandbox says of a program that the model wrote.
"""
