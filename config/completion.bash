# Completion of fault_tolerant_router(8) for bash(1).
# config/completion.bash is generated from config/completion.bash.in and src/actions/catalogue.ts: change them.

_fault_tolerant_router() {
  local actions='monitor status events reload check plan force drain replay probe explain balance_test generate_config generate_iptables generate_nftables email_test clear'
  local -A operands=(
    ["force"]='UPLINK up|down|auto'
    ["drain"]='UPLINK'
    ["replay"]='FILE'
    ["probe"]='UPLINK'
    ["explain"]='DESTINATION'
    ["balance_test"]='NUMBER'
  )
  local -A options=(
    ["all"]='--config=FILE --socket=PATH --debug --demo --help --version'
    ["monitor"]='--record=FILE'
    ["status"]='--json --watch'
    ["events"]='--json --follow'
    ["drain"]='--for=TIME'
    ["replay"]='--set=SETTING'
    ["explain"]='--from=ADDRESS --mark=MARK --in=INTERFACE --protocol=PROTOCOL --port=PORT --dscp=DSCP'
    ["balance_test"]='--json'
  )
  local word=$2 previous='' action='' position=0 value='' place asked=()
  # Bash makes three words of "--config=FILE", by its COMP_WORDBREAKS.
  for ((place = 1; place < COMP_CWORD; place++)); do
    previous=${COMP_WORDS[place]}
    if [[ $previous == -* ]]; then
      value=$(_fault_tolerant_router_value "$previous" "${options[*]}")
      [[ $value ]] || continue
      [[ ${COMP_WORDS[place + 1]} == = ]] && ((place++))
      ((++place < COMP_CWORD)) || break
      [[ $previous == --config || $previous == --socket ]] && asked+=("$previous=${COMP_WORDS[place]}")
      value=''
    elif [[ ! $action ]]; then
      action=$previous
    else
      ((position++))
    fi
  done
  [[ $word == = ]] && word=''

  local choices='' wanted=()
  if [[ $value ]]; then
    case $value in
      FILE | PATH)
        _fault_tolerant_router_files "$word"
        return
        ;;
      INTERFACE) choices=$(ls /sys/class/net) ;;
    esac
  elif [[ $word == -* ]]; then
    # What follows "=" is the next word's matter.
    choices=$(sed -E 's/=[A-Z]+/=/g' <<<"${options[all]} ${options[$action]}")
  elif [[ ! $action ]]; then
    choices=$actions
  else
    read -ra wanted <<<"${operands[$action]}"
    case ${wanted[position]} in
      FILE)
        _fault_tolerant_router_files "$word"
        return
        ;;
      UPLINK)
        _fault_tolerant_router_uplinks "$word" "${asked[@]}"
        return
        ;;
      *'|'*) choices=${wanted[position]//|/ } ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
  [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}

_fault_tolerant_router_files() {
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

# What the value of an option is called: FILE; nothing where it has none.
_fault_tolerant_router_value() {
  [[ " $2 " =~ \ "$1"=([A-Z]+)\  ]] && echo "${BASH_REMATCH[1]}"
}

# Interfaces and descriptions, as the daemon tells them; nothing where none answers.
_fault_tolerant_router_uplinks() {
  local word=$1 name
  shift
  while read -r name; do
    printf -v name %q "$name"
    [[ $name == "$word"* ]] && COMPREPLY+=("$name")
  done < <(
    timeout 3 "${COMP_WORDS[0]}" "$@" status --json 2>/dev/null |
      grep -oE '"(interface|description)":"[^"\\]+"' | sed -E 's/.*:"(.*)"/\1/' | sort -u
  )
}

complete -F _fault_tolerant_router fault_tolerant_router
