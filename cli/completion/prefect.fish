# Completion of the prefect command in fish.
function __prefect_complete
    for line in (command prefect __complete fish (commandline -cp) 2>/dev/null)
        if test -n "$line"
            echo $line
        else
            __fish_complete_path (commandline -ct)
        end
    end
end
complete -c prefect -f -a '(__prefect_complete)'
