/** The highest epoch seen so far. It only ever rises, so that a deposed controller cannot come back. */
export interface EpochFloor {
  floor(): number;
  raise(epoch: number): void;
}

/** @param onRaise keeps it on disk, so that a restart does not forget. */
export function epochFloor(start: number, onRaise: (epoch: number) => void = () => {}): EpochFloor {
  let floor = start;
  return {
    floor: () => floor,
    raise(epoch) {
      if (epoch <= floor) return;
      floor = epoch;
      onRaise(epoch);
    },
  };
}
