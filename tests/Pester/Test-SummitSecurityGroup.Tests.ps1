BeforeAll {
    Import-Module "$PSScriptRoot/Support.psm1"
    Import-Summit
    $lab = Open-Lab
}

AfterAll {
    Stop-SummitLab -Lab $lab
}

Describe 'Test-SummitSecurityGroup' {
    BeforeAll {
        $groups = '{ "SecurityGroups": [ { "GroupId": "sg-0123456789abcdef0", "IpPermissions": [ { "IpProtocol": "tcp", "FromPort": PORT, "ToPort": PORT, "IpRanges": [ { "CidrIp": "0.0.0.0/0" } ] } ] } ] }'
    }

    It 'passes saved groups from the pipeline that open the port' {
        $checks = $groups.Replace('PORT', '443') | Test-SummitSecurityGroup -Source 0.0.0.0/0
        $checks.Status | Should -Contain 'Pass'
        $checks.Status | Should -Not -Contain 'Fail'
    }

    It 'fails groups that open another port, and names the command that opens it' {
        $failed = $groups.Replace('PORT', '80') | Test-SummitSecurityGroup -Source 0.0.0.0/0 | Where-Object Status -EQ 'Fail'
        $failed.Cause | Should -Be 'SecurityGroupBlocked'
        $failed.Fix | Should -Match 'authorize-security-group-ingress'
    }

    It 'asks EC2 for an instance' {
        $checks = Test-SummitSecurityGroup -InstanceId $lab.InstanceId -Region $lab.Region
        $checks.Id | Should -Contain 'Network.SecurityGroup'
    }

    It 'refuses an input that holds no group' {
        Assert-Problem { Test-SummitSecurityGroup -InputObject 5 } SecurityGroupsInvalid InvalidData
    }
}
