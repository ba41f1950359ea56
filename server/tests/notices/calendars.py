"""What two libraries read in a calendar. Reads {"text"} from the standard input, and answers in JSON."""

import json
import sys

import vobject
from icalendar import Calendar

text = json.load(sys.stdin)["text"]


def by_icalendar(calendar):
    events = [{
        "uid": str(event["UID"]),
        "start": event["DTSTART"].dt.isoformat(),
        "stamp": event["DTSTAMP"].dt.isoformat(),
        "summary": str(event["SUMMARY"]),
        "description": str(event["DESCRIPTION"]),
    } for event in calendar.walk("VEVENT")]
    refresh = calendar["REFRESH-INTERVAL"].to_ical().decode()
    return {"events": events, "about": str(calendar["DESCRIPTION"]), "refresh": refresh}


def by_vobject(calendar):
    events = [{
        "uid": event.uid.value,
        "start": event.dtstart.value.isoformat(),
        "stamp": event.dtstamp.value.isoformat(),
        "summary": event.summary.value,
        "description": event.description.value,
    } for event in calendar.vevent_list]
    refresh = calendar.contents["refresh-interval"][0].value
    return {"events": events, "about": calendar.contents["description"][0].value, "refresh": refresh}


first = Calendar.from_ical(text)
second = vobject.readOne(text)
defects = [str(error) for component in first.walk() for error in component.errors]
print(json.dumps({
    "icalendar": by_icalendar(first),
    "vobject": by_vobject(second),
    "alarms": len(first.walk("VALARM")),
    "defects": defects,
}))
