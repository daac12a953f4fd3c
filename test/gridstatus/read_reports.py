"""Reads a stand-in for ERCOT's site with stock gridstatus: one JSON line a report, with the rows that it understood.

Nothing of gridstatus is changed. Whatever asks https://www.ercot.com is sent to the address given instead, where
requests and urllib open their connections.
"""

import json
import logging
import sys
import urllib.request

import pandas as pd
import requests

STAND_IN = sys.argv[1].rstrip("/")
DAY = sys.argv[2]
ERCOT = "https://www.ercot.com"


def stand_in(url):
    return STAND_IN + url[len(ERCOT):] if url.startswith(ERCOT) else url


class ToStandIn(requests.adapters.HTTPAdapter):
    def send(self, request, **kwargs):
        request.url = stand_in(request.url)
        return super().send(request, **kwargs)


class Redirecting(urllib.request.HTTPSHandler):
    def https_open(self, request):
        return urllib.request.build_opener().open(urllib.request.Request(stand_in(request.full_url)))


mounted = requests.Session.__init__


def session(self):
    mounted(self)
    self.trust_env = False
    self.mount(ERCOT, ToStandIn())


requests.Session.__init__ = session
urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({}), Redirecting))

from gridstatus import Ercot  # noqa: E402

logging.disable(logging.CRITICAL)
ercot = Ercot()
day = pd.Timestamp(DAY, tz="US/Central")
start = day + pd.Timedelta(hours=19)
end = start + pd.Timedelta(hours=1)


def status():
    read = ercot.get_status("latest")
    return pd.DataFrame([{"Time": read.time, "Status": read.status, "Reserves": read.reserves}])


REPORTS = {
    "sced-lmp": lambda: ercot.get_lmp_by_settlement_point(start, end=end),
    "settlement-price": lambda: ercot.get_spp(start, end=end, market="REAL_TIME_15_MIN"),
    "corrections": lambda: ercot.get_rtm_price_corrections(rtm_type="RTM_SPP"),
    "grid-condition": status,
    "operations-messages": lambda: ercot.get_operations_messages(),
    "day-ahead-price": lambda: ercot.get_spp(day, market="DAY_AHEAD_HOURLY"),
    "day-ahead-mcpc": lambda: ercot.get_mcpc_dam(day),
    "sced-mcpc": lambda: ercot.get_mcpc_sced(start, end=end),
    "settlement-mcpc": lambda: ercot.get_mcpc_real_time_15_min(start, end=end),
    "sced-adders": lambda: ercot.get_real_time_adders(start, end=end),
    "rtd-path": lambda: ercot.get_indicative_lmp_by_settlement_point(start, end=end),
    "load-forecast": lambda: ercot.get_load_forecast_by_model(start, end=end),
    "weather-zone-load": lambda: ercot.get_load_by_weather_zone(day),
    "system-demand": lambda: ercot.get_system_wide_actual_load(start, end=end),
    "as-capacity": lambda: ercot.get_system_as_capacity_monitor("latest"),
    "supply-demand": lambda: ercot.get_capacity_committed("latest"),
}


def text(value):
    if isinstance(value, pd.Timestamp):
        return value.tz_convert("UTC").isoformat() if value.tzinfo else value.isoformat()
    if value is None or value != value:
        return None
    return value if isinstance(value, (int, float, str, bool)) else str(value)


for name in sys.argv[3:]:
    try:
        frame = REPORTS[name]()
        rows = [{column: text(value) for column, value in row.items()} for row in frame.to_dict("records")]
        print(json.dumps({"report": name, "columns": list(frame.columns), "rows": rows}), flush=True)
    except Exception as error:  # the test says which report gridstatus could not read, and why
        print(json.dumps({"report": name, "problem": f"{type(error).__name__}: {error}"}), flush=True)
