"""The `openai` package's Responses API, unmodified, its own checks of every answer switched on."""

import openai

from kit import CITY_PARAMETERS, PNG_URL, SEEN, UNMODIFIED, City, Gateway, clients, equal, raises, wait_until_idle


def function(name: str) -> dict:
    return {"type": "function", "name": name, "parameters": CITY_PARAMETERS, "strict": True}


client_of = clients(openai, openai.OpenAI, "/api/v1")


def final_of(client: openai.OpenAI, **request):
    with client.responses.stream(**request) as events:
        return events.get_final_response()


def whole(gateway: Gateway) -> None:
    answer = client_of(gateway).responses.create(
        model="sim/echo", instructions="Be brief.", input="Good morning, señor 👋", temperature=0.3
    )
    equal(answer.output_text, "Good morning, señor 👋")
    equal((answer.status, answer.error, answer.store), ("completed", None, False))
    assert answer.usage.model_extra["cost"] > 0


def stream(gateway: Gateway) -> None:
    client = client_of(gateway)
    events = list(client.responses.create(model="sim/echo", input="one two three four", stream=True))
    equal([event.sequence_number for event in events], list(range(len(events))))
    equal((events[0].type, events[-1].type), ("response.created", "response.completed"))

    deltas = []
    with client.responses.stream(model="sim/echo", input="one two three four") as events:
        for event in events:
            if event.type == "response.output_text.delta":
                deltas.append(event.delta)
        final = events.get_final_response()
    equal("".join(deltas), "one two three four")
    assert len(deltas) > 1
    equal((final.output_text, final.status), ("one two three four", "completed"))


def tools(gateway: Gateway) -> None:
    client = client_of(gateway)
    request = {"model": "sim/tools?calls=2", "tools": [function("get_weather"), function("get_time")]}
    question = [{"role": "user", "content": "Weather and time in Paris?"}]
    for ask in [client.responses.create, lambda **more: final_of(client, **more)]:
        first = ask(input=question, **request)
        calls = [item for item in first.output if item.type == "function_call"]
        equal([call.name for call in calls], ["get_weather", "get_time"])
        results = [
            {"type": "function_call_output", "call_id": call.call_id, "output": f"{call.name} is fine"}
            for call in calls
        ]
        second = ask(input=[*question, *first.output, *results], **request)
        equal(
            second.output_text, "get_weather answered: get_weather is fine\nget_time answered: get_time is fine"
        )


def structured_output(gateway: Gateway) -> None:
    client = client_of(gateway)
    request = {"model": "sim/json", "input": "A city", "text_format": City}
    parsed = client.responses.parse(**request).output_parsed
    assert isinstance(parsed, City)
    equal(final_of(client, **request).output_parsed, parsed)


def image(gateway: Gateway) -> None:
    content = [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": PNG_URL, "detail": "auto"},
    ]
    answer = client_of(gateway).responses.create(model="sim/vision", input=[{"role": "user", "content": content}])
    equal(answer.output_text, SEEN)


def reasoning(gateway: Gateway) -> None:
    client = client_of(gateway)
    request = {
        "model": "sim/reasoner",
        "reasoning": {"effort": "high", "summary": "auto"},
        "include": ["reasoning.encrypted_content"],
        "max_output_tokens": 8000,
    }
    question = [{"role": "user", "content": "Why is the sky blue?"}]
    again = [{"role": "user", "content": "Again."}]
    for ask in [client.responses.create, lambda **more: final_of(client, **more)]:
        first = ask(input=question, **request)
        item = first.output[0]
        equal(item.type, "reasoning")
        readable = "".join(part.text for part in [*(item.content or []), *item.summary])
        assert "Why is the sky blue?" in readable, readable
        second = ask(input=[*question, *first.output, *again], **request)
        equal(second.output_text, f"{UNMODIFIED} You said: Again.")


def error(gateway: Gateway) -> None:
    def ask(model: str, key: str = gateway.key):
        return client_of(gateway).with_options(api_key=key).responses.create(model=model, input="hi")

    raises(openai.AuthenticationError, lambda: ask("sim/echo", "sk-or-v1-nobody"))
    assert "sim/echo" in raises(openai.BadRequestError, lambda: ask("sim/ecco")).message
    limited = raises(openai.RateLimitError, lambda: ask("sim/echo?status=429&retry_after=2"))
    equal(limited.response.headers["retry-after"], "2")
    raises(openai.InternalServerError, lambda: ask("sim/echo?status=500"))

    for fault in ["error_after=2", "drop=4500"]:
        said, failed = [], []
        model = f"sim/lorem?tokens=80&token_ms=1&{fault}"
        try:
            with client_of(gateway).responses.stream(model=model, input="80 tokens") as events:
                for event in events:
                    if event.type == "response.output_text.delta":
                        said.append(event.delta)
                    elif event.type in ("response.failed", "error"):
                        failed.append(event)
                    assert event.type != "response.completed"
        except openai.APIError as broken:
            failed.append(broken)
        assert "".join(said).startswith("Lorem")
        assert failed, f"{fault}: nobody said that it failed"


def abort(gateway: Gateway) -> None:
    seen = 0
    request = {"model": "sim/lorem?frames=2000&token_ms=5", "input": "2000 tokens"}
    with client_of(gateway).responses.stream(**request) as events:
        for event in events:
            seen += event.type == "response.output_text.delta"
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
