"""A chat with the embedded model, or any other: `python examples/local_chat.py [MODEL]`. An empty line ends it."""

import asyncio
import sys

from softhouse import Backend, ChatMessage, CompletionRequest, create_backend


async def chat(backend: Backend) -> None:
    """Answer line by line, streaming, with the whole conversation as context."""
    conversation: list[ChatMessage] = []
    while line := (await asyncio.to_thread(input, "you: ")).strip():
        conversation.append(ChatMessage.user(line))
        request = CompletionRequest(messages=tuple(conversation), max_tokens=512)
        completion = await backend.complete(request, lambda text: print(text, end="", flush=True))
        print()
        conversation.append(ChatMessage.assistant(completion.text))
    await backend.aclose()


if __name__ == "__main__":
    asyncio.run(chat(create_backend(sys.argv[1] if len(sys.argv) > 1 else "gguf:qwen2.5-coder-1.5b")))
