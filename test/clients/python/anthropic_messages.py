"""The `anthropic` package, unmodified, its own checks of every answer switched on."""

import anthropic

from kit import CITY_PARAMETERS, PNG_BASE64, SEEN, UNMODIFIED, City, Gateway, clients, equal, raises, wait_until_idle


def function(name: str) -> dict:
    return {"name": name, "description": f"{name} of a city", "input_schema": CITY_PARAMETERS}


client_of = clients(anthropic, anthropic.Anthropic, "/api")


def say(text: str) -> list:
    return [{"role": "user", "content": text}]


def text_of(message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def final_of(client: anthropic.Anthropic, **request):
    with client.messages.stream(**request) as events:
        return events.get_final_message()


def whole(gateway: Gateway) -> None:
    client = client_of(gateway)
    request = {"model": "sim/echo", "system": "Be brief.", "messages": say("Good morning, señor 👋")}
    message = client.messages.create(max_tokens=200, **request)
    equal(text_of(message), "Good morning, señor 👋")
    equal((message.type, message.role, message.stop_reason), ("message", "assistant", "end_turn"))
    assert message.usage.model_extra["cost"] > 0
    assert client.messages.count_tokens(**request).input_tokens > 4


def stream(gateway: Gateway) -> None:
    client = client_of(gateway)
    request = {"model": "sim/echo", "max_tokens": 200, "messages": say("one two three four")}
    with client.messages.stream(**request) as events:
        pieces = list(events.text_stream)
        message = events.get_final_message()
    equal("".join(pieces), "one two three four")
    assert len(pieces) > 1
    equal((text_of(message), message.stop_reason), ("one two three four", "end_turn"))
    assert message.usage.input_tokens > 3 and message.usage.output_tokens > 3

    types = [event.type for event in client.messages.create(stream=True, **request)]
    equal((types[0], types[-1]), ("message_start", "message_stop"))


def tools(gateway: Gateway) -> None:
    client = client_of(gateway)
    request = {
        "model": "sim/tools?calls=2",
        "max_tokens": 500,
        "tools": [function("get_weather"), function("get_time")],
    }
    question = say("Weather and time in Paris?")
    for ask in [client.messages.create, lambda **more: final_of(client, **more)]:
        first = ask(messages=question, **request)
        equal(first.stop_reason, "tool_use")
        calls = [block for block in first.content if block.type == "tool_use"]
        equal([call.name for call in calls], ["get_weather", "get_time"])
        assert all("city" in call.input for call in calls)
        results = [
            {"type": "tool_result", "tool_use_id": call.id, "content": f"{call.name} is fine"} for call in calls
        ]
        second = ask(
            messages=[
                *question,
                {"role": "assistant", "content": first.content},
                {"role": "user", "content": results},
            ],
            **request,
        )
        equal(
            text_of(second), "get_weather answered: get_weather is fine\nget_time answered: get_time is fine"
        )


def structured_output(gateway: Gateway) -> None:
    client = client_of(gateway)
    request = {"model": "sim/json", "max_tokens": 500, "messages": say("A city"), "output_format": City}
    parsed = client.messages.parse(**request).parsed_output
    assert isinstance(parsed, City)
    equal(final_of(client, **request).parsed_output, parsed)


def image(gateway: Gateway) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": PNG_BASE64}
    content = [{"type": "text", "text": "What is this?"}, {"type": "image", "source": source}]
    message = client_of(gateway).messages.create(
        model="sim/vision", max_tokens=200, messages=[{"role": "user", "content": content}]
    )
    equal(text_of(message), SEEN)


def reasoning(gateway: Gateway) -> None:
    client = client_of(gateway)
    request = {
        "model": "sim/reasoner",
        "max_tokens": 8000,
        "thinking": {"type": "enabled", "budget_tokens": 2048},
    }
    question = say("Why is the sky blue?")
    for ask in [client.messages.create, lambda **more: final_of(client, **more)]:
        first = ask(messages=question, **request)
        equal(first.content[0].type, "thinking")
        assert "Why is the sky blue?" in first.content[0].thinking
        assert first.content[0].signature
        second = ask(
            messages=[*question, {"role": "assistant", "content": first.content}, *say("Again.")], **request
        )
        equal(text_of(second), f"{UNMODIFIED} You said: Again.")


def error(gateway: Gateway) -> None:
    def ask(model: str, key: str = gateway.key):
        return client_of(gateway).with_options(api_key=key).messages.create(model=model, max_tokens=50, messages=say("hi"))

    raises(anthropic.AuthenticationError, lambda: ask("sim/echo", "sk-or-v1-nobody"))
    assert "sim/echo" in raises(anthropic.BadRequestError, lambda: ask("sim/ecco")).message
    limited = raises(anthropic.RateLimitError, lambda: ask("sim/echo?status=429&retry_after=2"))
    equal(limited.response.headers["retry-after"], "2")
    equal(limited.type, "rate_limit_error")
    raises(anthropic.InternalServerError, lambda: ask("sim/echo?status=500"))

    for fault in ["error_after=2", "drop=4500"]:
        said = []

        def read() -> None:
            request = {"model": f"sim/lorem?tokens=80&token_ms=1&{fault}", "messages": say("80 tokens")}
            with client_of(gateway).messages.stream(max_tokens=200, **request) as events:
                said.extend(events.text_stream)

        broken = raises(anthropic.APIError, read)
        assert broken.message, broken
        assert "".join(said).startswith("Lorem")


def abort(gateway: Gateway) -> None:
    request = {"model": "sim/lorem?frames=2000&token_ms=5", "max_tokens": 4000, "messages": say("2000 tokens")}
    with client_of(gateway).messages.stream(**request) as events:
        for seen, _ in enumerate(events.text_stream):
            if seen == 5:
                break
    wait_until_idle(gateway)


CASES = {
    "whole": whole,
    "stream": stream,
    "tools in two turns": tools,
    "structured output": structured_output,
    "image": image,
    "reasoning": reasoning,
    "error": error,
    "abort": abort,
}
