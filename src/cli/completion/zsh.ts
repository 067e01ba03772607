/** Completion for zsh: a call of `_arguments` for each command. */
import type { CompletedCommand, CompletedOption, CompletedValue } from './types.js';

export function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef flexor gen-rtl
# zsh completion of flexor and gen-rtl: source <(flexor completion zsh), or a file _flexor in a folder of fpath
_flexor() {
  local context state line
  typeset -A opt_args
  if [[ \${words[1]:t} == gen-rtl ]]; then
    _flexor_command gen-rtl
    return
  fi
  _arguments -C '(- *)'{-h,--help}'[show help]' '(- *)'{-V,--version}'[print the version]' '1: :->command' '*:: :->rest'
  case $state in
    command)
      local -a commands=(
${commands.map(({ name, summary }) => `        ${quoted(`${name}:${summary}`)}`).join('\n')}
      )
      _describe command commands ;;
    rest) _flexor_command $words[1] ;;
  esac
}

_flexor_command() {
  case $1 in
${commands.map(commandCase).join('\n')}
  esac
}

if [[ \${funcstack[1]} == _flexor ]]; then _flexor "$@"; else compdef _flexor flexor gen-rtl; fi
`;
}

function commandCase({ name, options, argument }: CompletedCommand): string {
  const lines = [...options.map(optionSpec), quoted(`*:${action(argument, name)}`)];
  return `    ${name})\n      _arguments ${lines.join(' \\\n        ')} ;;`;
}

function optionSpec({ flags, description, value }: CompletedOption): string {
  const text = `[${description.replace(/[[\]\\]/g, '\\$&').replaceAll(':', '\\:')}]`;
  const rest = quoted(`${text}${value.kind === 'none' ? '' : `:${action(value, 'value')}`}`);
  const [only] = flags;
  return flags.length === 1 ? `${only}${rest}` : `'(${flags.join(' ')})'{${flags.join(',')}}${rest}`;
}

/** A message and what is offered. */
function action({ kind, words }: CompletedValue, message: string): string {
  const list = words.join(' ');
  if (kind === 'folder') return `${message}:_files -/`;
  if (kind === 'file') return `${message}:${words.length === 0 ? '_files' : `{compadd ${list}; _files}`}`;
  return `${message}:${words.length === 0 ? '' : `(${list})`}`;
}

/** A word of the shell in single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
