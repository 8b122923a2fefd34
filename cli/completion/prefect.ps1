# Completion of the prefect command in PowerShell.
Register-ArgumentCompleter -Native -CommandName prefect, prefect.exe -ScriptBlock {
    param($word, $ast, $cursor)
    $line = $ast.ToString().PadRight($cursor - $ast.Extent.StartOffset).Substring(0, $cursor - $ast.Extent.StartOffset)
    $found = @(& $ast.CommandElements[0].Value __complete powershell $line 2>$null)
    if ($found.Count -eq 0) { return '' } # anything but nothing, which would mean files
    foreach ($entry in $found) {
        if (-not $entry) { continue }
        $text, $shown, $note = $entry -split "`t", 3
        if (-not $note) { $note = $shown }
        [System.Management.Automation.CompletionResult]::new($text, $shown, 'ParameterValue', $note)
    }
}
