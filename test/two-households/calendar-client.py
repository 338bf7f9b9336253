"""A household member's calendar: adds an event through CalDAV and reads it back. Prints the summary it read.

usage: calendar-client.py URL PROXY SUMMARY
"""
import sys
from datetime import datetime

import caldav

url, proxy, summary = sys.argv[1:]
client = caldav.DAVClient(url=url, proxy=proxy, username="guest", password="guest")
principal = client.principal()
calendar = principal.make_calendar(name="Street party")
calendar.save_event(dtstart=datetime(2026, 12, 22, 18), dtend=datetime(2026, 12, 22, 21), summary=summary)
events = principal.calendar(name="Street party").date_search(start=datetime(2026, 12, 1), end=datetime(2027, 1, 1))
print(events[0].icalendar_component["summary"])
