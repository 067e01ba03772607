/**
 * A Slurm cluster of one node on this machine (Debian's slurm-wlm): controller and node in the foreground, with files and
 * ports of their own and without munge.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Cluster {
  /** To be SLURM_CONF in the environment of Slurm's commands. */
  readonly configuration: string;
  /** Standard output of one of Slurm's commands. */
  run(command: string, ...args: string[]): string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Starts the cluster and waits until its node takes jobs. Needs slurmctld and slurmd, and the right to start them. */
export async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'flexor-slurm-'));
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
  const configuration = join(folder, 'slurm.conf');
  const settings: Record<string, string> = {
    ...{ ClusterName: 'flexor', SlurmctldHost: `${hostname()}(127.0.0.1)` },
    ...{ SlurmctldPort: String(await freePort()), SlurmdPort: String(await freePort()) },
    ...{ AuthType: 'auth/none', CredType: 'cred/none', SlurmUser: 'root', SlurmdUser: 'root' },
    ...{ StateSaveLocation: join(folder, 'state'), SlurmdSpoolDir: join(folder, 'spool') },
    ...{ SlurmctldPidFile: join(folder, 'slurmctld.pid'), SlurmdPidFile: join(folder, 'slurmd.pid') },
    ...{ ProctrackType: 'proctrack/linuxproc', TaskPlugin: 'task/none', SwitchType: 'switch/none' },
    ...{ JobAcctGatherType: 'jobacct_gather/none', AccountingStorageType: 'accounting_storage/none' },
    ...{ SelectType: 'select/cons_tres', SelectTypeParameters: 'CR_CPU', MpiDefault: 'none', ReturnToService: '2' },
    NodeName: `${hostname()} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN`,
    PartitionName: `all Nodes=${hostname()} Default=YES MaxTime=INFINITE State=UP`,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(configuration, lines.join(''));
  const env = { ...process.env, SLURM_CONF: configuration };
  const daemons = ['slurmctld', 'slurmd'].map((command) => spawn(command, ['-D'], { env, stdio: 'ignore' }));
  const run = (command: string, ...args: string[]): string => execFileSync(command, args, { env, encoding: 'utf8' });
  const stop = async (): Promise<void> => {
    await Promise.all(daemons.map(end));
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  const idle = (): boolean => {
    try {
      return run('sinfo', '--noheader', '--format=%T').trim() === 'idle';
    } catch {
      // The controller does not answer yet.
      return false;
    }
  };
  for (let tries = 0; !idle(); tries++) {
    if (tries === 300) {
      await stop();
      throw new Error('the Slurm cluster does not start');
    }
    await pause(1000);
  }
  return { configuration, run, stop };
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  daemon.kill('SIGTERM');
  await once(daemon, 'close');
}

/** Waits until `holds`. */
export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries === 1800) throw new Error(`half an hour has not brought ${holds.toString()}`);
    await pause(1000);
  }
}
