/** Completion for bash: one function with a case for each option that takes words, files or folders. */
import type { CompletedCommand, CompletedValue } from './types.js';

export function bashScript(commands: readonly CompletedCommand[]): string {
  return `# bash completion of flexor and gen-rtl: source <(flexor completion bash)
_flexor_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
_flexor_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); }
_flexor_folders() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); }
_flexor_both() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"; compgen -f -- "$cur")
}

_flexor() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= i
  COMPREPLY=()
  [[ \${COMP_WORDS[0]##*/} == gen-rtl ]] && command=gen-rtl
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ -n $command ]] && break
    [[ \${COMP_WORDS[i]} == -* ]] || command=\${COMP_WORDS[i]}
  done
  case $command in
    '') _flexor_words '${[...commands.map(({ name }) => name), 'help', '--help', '--version'].join(' ')}' ;;
    help) _flexor_words '${commands.map(({ name }) => name).join(' ')}' ;;
${commands.map(commandCase).join('\n')}
  esac
}
complete -F _flexor flexor gen-rtl
`;
}

function commandCase({ name, options, argument }: CompletedCommand): string {
  const valued = options.filter(({ value }) => value.kind !== 'none');
  const flags = options.flatMap((option) => option.flags);
  return [
    `    ${name})`,
    '      case $prev in',
    ...valued.map((option) => `        ${option.flags.join(' | ')}) ${offer(option.value)}; return ;;`),
    '      esac',
    `      if [[ $cur == -* ]]; then _flexor_words '${flags.join(' ')}'`,
    `      else ${offer(argument)}; fi ;;`,
  ].join('\n');
}

function offer({ kind, words }: CompletedValue): string {
  const list = `'${words.join(' ')}'`;
  if (kind === 'folder') return '_flexor_folders';
  if (kind === 'file') return words.length === 0 ? '_flexor_files' : `_flexor_both ${list}`;
  return words.length === 0 ? ':' : `_flexor_words ${list}`;
}
