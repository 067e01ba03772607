/** `flexor completion`: a script that completes the command line in a shell, made from the declarations of all commands. */
import { Argument, Command } from 'commander';
import { bashScript } from '../completion/bash.js';
import { describeCommand } from '../completion/describe.js';
import { fishScript } from '../completion/fish.js';
import type { CompletedCommand } from '../completion/types.js';
import { zshScript } from '../completion/zsh.js';
import { addHelp } from '../options/help.js';
import { oneOf } from '../options/values.js';
import { printText } from '../terminal/print.js';
import type { CommandEntry, Define } from './entry.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
const SHELLS = Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[];

/** The command that completes these commands. */
export function completionOf(commands: readonly CommandEntry[]): Define {
  return (command) => {
    command.addArgument(new Argument('<shell>', SHELLS.join(', ')).argParser(oneOf(SHELLS)));
    addHelp(
      command,
      [
        'Put the line of your shell where it starts: ~/.bashrc, ~/.zshrc (behind compinit) or ~/.config/fish/config.fish. ' +
          'The program must be found as flexor: npm link in a checkout, or npm install --global of the package.',
      ],
      [
        'source <(flexor completion bash)',
        'source <(flexor completion zsh)',
        'flexor completion fish | source',
        'flexor completion bash > ~/.local/share/bash-completion/completions/flexor',
      ],
    ).action(async (shell: keyof typeof SCRIPTS) => {
      printText(SCRIPTS[shell](await Promise.all(commands.map(described))));
    });
  };
}

async function described({ name, summary, load }: CommandEntry): Promise<CompletedCommand> {
  const command = new Command(name).description(summary);
  (await load()).define(command);
  return describeCommand(command);
}
