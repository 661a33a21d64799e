"""Fine-tuning ChatGLM2 on one's own data: LoRA, QLoRA, P-tuning v2, or all weights."""
