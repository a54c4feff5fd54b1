"""Asking a language model about one text: requests, waiting and asking again; no database."""

import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson

from annotator.platform.operations import AllowedServer
from annotator.platform.outgoing import Answer, Line, NoAnswer
from annotator.suggestions.sources.language_model import prompt
from annotator.suggestions.sources.language_model.answer import CheckedSchema, Taken, UnreadableAnswer, take

SECONDS = 180.0
MOST_BYTES = 4 << 20
TRIES = 4
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
BUSY = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)


class Failed(Exception):
    """Raised when a text could not be asked about; `is_final` when no other text can be either."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


@dataclass
class Asked:
    """What a model said about a text, and the tokens that the server counted."""

    taken: Taken = field(default_factory=Taken)
    requests: int = 0
    tokens_sent: int = 0
    tokens_received: int = 0


class Conversation:
    """Asks about one text, in a thread of its own; `close` ends it from another."""

    def __init__(self, server: AllowedServer, *, model: str, system: str, schema: CheckedSchema) -> None:
        self._line = Line(server)
        self._closed = threading.Event()
        self._model, self._system, self._schema = model, system, schema
        self._is_plain = False
        self.asked = Asked()
        """What was asked so far; it counts also when the conversation fails."""

    def close(self) -> None:
        """End a request or a pause that is under way."""
        self._closed.set()
        self._line.close()

    def wait(self, seconds: float) -> bool:
        """Pause; return whether the conversation was closed."""
        return self._closed.wait(seconds)

    def ask(self, text: str) -> Asked:
        """Return what is suggested for a text; raises `Failed`."""
        asked = self.asked
        for part in prompt.parts(text):
            for is_last in (False, True):
                content = self._content(part.text)
                try:
                    take(content, part.text, part.start, self._schema, asked.taken)
                    break
                except UnreadableAnswer as error:
                    if is_last:
                        raise Failed(f"The answer was not usable, twice. {error}") from error
        return asked

    def _content(self, text: str) -> str:
        """Return the words of the model about a part of a text, and count the tokens."""
        asked, answer = self.asked, self._answered(text)
        try:
            value = orjson.loads(answer.body)
            usage = value.get("usage") or {}
            # A server that counts no tokens would pass every limit.
            asked.tokens_sent += _count(usage.get("prompt_tokens")) or prompt.tokens_of(len(self._system) + len(text))
            asked.tokens_received += _count(usage.get("completion_tokens")) or prompt.tokens_of(len(answer.body))
            content = value["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise Failed("The server does not answer as the OpenAI-compatible API does.") from error
        if not isinstance(content, str):
            raise Failed("The model gave no answer, or refused to.")
        return content

    def _answered(self, text: str) -> Answer:
        """Return a successful answer: waits and asks again when the server is busy or does not answer."""
        pause, reason = FIRST_PAUSE, ""
        for number in range(TRIES):
            if number and self.wait(pause):
                break
            try:
                answer = self._post(text)
            except NoAnswer as error:
                if error.is_final:
                    raise Failed(str(error), is_final=True) from error
                reason, pause = str(error), min(2 * pause, LONGEST_PAUSE)
                continue
            if answer.status == HTTPStatus.OK:
                return answer
            reason = f"The server answers {answer.status}{_message(answer)}"
            if answer.status not in BUSY and answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise Failed(reason, is_final=answer.status in _FINAL)
            pause = min(_retry_after(answer) or 2 * pause, LONGEST_PAUSE)
        raise Failed(reason or "The job was stopped.")

    def _post(self, text: str) -> Answer:
        """Send a request; without what not every server understands when the server refuses it with 400 or 422."""
        for is_plain in (False, True):
            if self._is_plain and not is_plain:
                continue
            body = prompt.request(self._system, text, model=self._model, schema=self._schema, plain=is_plain)
            self.asked.requests += 1
            answer = self._line.post("chat/completions", body, seconds=SECONDS, most_bytes=MOST_BYTES)
            if answer.status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
                self._is_plain = is_plain
                break
        return answer


_FINAL = (HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND,
          HTTPStatus.METHOD_NOT_ALLOWED)  # fmt: skip


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 1 << 31 else 0


def _retry_after(answer: Answer) -> float:
    """Return for how many seconds the server asks to be left alone; 0 when it names none."""
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0.0


def _message(answer: Answer) -> str:
    """Return the message of an error as the API gives it, after a colon; "" without one, and for a refused key."""
    if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return ": the key is missing, or it is not accepted"
    try:
        message = orjson.loads(answer.body)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f": {message[:300]}" if isinstance(message, str) else ""
