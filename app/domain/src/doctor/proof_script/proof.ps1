# Shows what this machine's certificate and key make of a client assertion, and what Entra answers to it.
# The private key is used on this machine only; neither it nor the assertion's signature is printed.
# Usage: .\proof.ps1 [-Offline]   The certificate is looked up by its thumbprint in the user's and the machine's store.
param([switch]$Offline)
$ErrorActionPreference = 'Stop'

$Thumbprint = '{sha1}'
$ClientId = '{app_id}'
$Endpoint = '{authority}/{tenant}/oauth2/v2.0/token'
$Scope = '{scope}'

function ConvertTo-Base64Url([byte[]]$Bytes) {
    [Convert]::ToBase64String($Bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_')
}

$Certificate = Get-ChildItem Cert:\CurrentUser\My, Cert:\LocalMachine\My |
    Where-Object { $_.Thumbprint -eq $Thumbprint -and $_.HasPrivateKey } | Select-Object -First 1
'--- proof kit ---'
"time: $([DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ'))"
"expected sha1: $Thumbprint"
if (-not $Certificate) {
    'certificate: not in CurrentUser\My or LocalMachine\My with a private key'
    '--- end ---'
    return
}
'-----BEGIN CERTIFICATE-----'
[Convert]::ToBase64String($Certificate.RawData, 'InsertLineBreaks')
'-----END CERTIFICATE-----'

$Now = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
$Header = [ordered]@{ alg = 'RS256'; typ = 'JWT'; x5t = ConvertTo-Base64Url $Certificate.GetCertHash() }
$Claims = [ordered]@{
    aud = $Endpoint; iss = $ClientId; sub = $ClientId; jti = [Guid]::NewGuid().ToString()
    iat = $Now; nbf = $Now; exp = $Now + 300
}
$Utf8 = [Text.Encoding]::UTF8
$SigningInput = (ConvertTo-Base64Url $Utf8.GetBytes(($Header | ConvertTo-Json -Compress))) + '.' +
    (ConvertTo-Base64Url $Utf8.GetBytes(($Claims | ConvertTo-Json -Compress)))
$Bytes = $Utf8.GetBytes($SigningInput)
$Sha256 = [Security.Cryptography.HashAlgorithmName]::SHA256
$Pkcs1 = [Security.Cryptography.RSASignaturePadding]::Pkcs1
$Extensions = [Security.Cryptography.X509Certificates.RSACertificateExtensions]
$Signature = $Extensions::GetRSAPrivateKey($Certificate).SignData($Bytes, $Sha256, $Pkcs1)
$Verified = $Extensions::GetRSAPublicKey($Certificate).VerifyData($Bytes, $Signature, $Sha256, $Pkcs1)
"signature: $(if ($Verified) { 'Verified OK' } else { 'Verification failure' })"
# Without its signature the assertion is worth nothing to anybody.
"assertion: $SigningInput."

if ($Offline) {
    '--- end ---'
    return
}
"client_id: $ClientId"
"endpoint: $Endpoint"
$Body = @{
    client_id = $ClientId; scope = $Scope; grant_type = 'client_credentials'
    client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    client_assertion = "$SigningInput.$(ConvertTo-Base64Url $Signature)"
}
try {
    $Answer = Invoke-RestMethod -Method Post -Uri $Endpoint -Body $Body
    "answer: a token of type $($Answer.token_type), good for $($Answer.expires_in) seconds (left out)"
} catch {
    # PowerShell 7 has the body in ErrorDetails; Windows PowerShell 5.1 often as well.
    "answer: $(if ($_.ErrorDetails) { $_.ErrorDetails.Message } else { $_.Exception.Message })"
}
'--- end ---'
