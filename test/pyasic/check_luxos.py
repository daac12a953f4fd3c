"""Drive one simulated LuxOS miner with stock pyasic and print what it saw, one JSON object a line.

Usage: check_luxos.py <ip>. Exit code 0 when every step was carried out; the caller judges the values.
After each control step the script waits for a line on standard input, so that the caller can let market time pass.
"""
import asyncio
import json
import sys

from pyasic import get_miner


def tell(**facts):
    print(json.dumps(facts), flush=True)


async def main(ip: str) -> None:
    miner = await asyncio.wait_for(get_miner(ip), timeout=15)
    if miner is None:
        raise SystemExit(f"pyasic did not recognize the miner at {ip}")
    bases = [base.__name__ for base in type(miner).__mro__]
    tell(step="identified", kind=type(miner).__name__, bases=bases, model=miner.raw_model)

    config = await miner.get_config()
    tell(step="config", preset=config.mining_mode.active_preset.name, presets=len(config.mining_mode.available_presets),
         pools=[pool.url for group in config.pools.groups for pool in group.pools])
    tell(step="running", watts=await miner.get_wattage(), fans=[fan.speed for fan in await miner.get_fans()])

    tell(step="stopped", answer=await miner.stop_mining())
    await asyncio.to_thread(sys.stdin.readline)
    tell(step="asleep", watts=await miner.get_wattage(), mode=(await miner.rpc.config())["CONFIG"][0]["CurtailMode"])

    tell(step="started", answer=await miner.resume_mining())
    await asyncio.to_thread(sys.stdin.readline)
    tell(step="awake", watts=await miner.get_wattage(), mode=(await miner.rpc.config())["CONFIG"][0]["CurtailMode"])

    tell(step="limited", answer=await miner.set_power_limit(2300))
    await asyncio.to_thread(sys.stdin.readline)
    config = await miner.get_config()
    tell(step="underclocked", watts=await miner.get_wattage(), preset=config.mining_mode.active_preset.name)


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(main(sys.argv[1]), timeout=60))
