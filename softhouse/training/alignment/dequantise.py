"""A GGUF as a model folder: its tensors dequantised to float32, its vocabulary and merges as a tokenizer.

transformers reads the format (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) with the package `gguf`; what
is left to do is to forget that the tensors ever were quantised, so that they can be trained and saved.
"""

from pathlib import Path

from softhouse.errors import UnknownModelError
from softhouse.training.alignment.libraries import transformers


def dequantise(gguf: Path, folder: Path) -> Path:
    """Write the model and the tokenizer of the file `gguf` to `folder`, as Hugging Face lays them out; return `folder`.

    A folder that is there already is complete and stays. Raises `UnknownModelError` for a file that is no GGUF or of an
    architecture that transformers does not read.
    """
    if folder.is_dir():
        return folder
    import torch

    try:
        tokenizer = transformers().AutoTokenizer.from_pretrained(
            gguf.parent, gguf_file=gguf.name, local_files_only=True
        )
        quantised = transformers().AutoModelForCausalLM.from_pretrained(
            gguf.parent, gguf_file=gguf.name, dtype=torch.float32, local_files_only=True
        )
    except (OSError, ValueError, KeyError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UnknownModelError(f"{gguf} can't be dequantised ({reason}); name a GGUF of a Llama-like model") from None
    config = quantised.config
    del config.quantization_config
    model = transformers().AutoModelForCausalLM.from_config(config)
    model.load_state_dict(quantised.state_dict())
    model.tie_weights()
    model.generation_config = transformers().GenerationConfig(eos_token_id=tokenizer.eos_token_id)
    # renamed when whole: a folder that is there is complete
    partial = folder.with_name(f"{folder.name}.partial")
    model.save_pretrained(partial)
    tokenizer.save_pretrained(partial)
    return partial.rename(folder)
