// .NET 9; dotnet add package Microsoft.Identity.Client
using System.Security.Cryptography.X509Certificates;
using Microsoft.Identity.Client;

// The certificate with its private key: SHA-1 {sha1}
var certificate = X509CertificateLoader.LoadPkcs12FromFile("certificate.pfx", Environment.GetEnvironmentVariable("PFX_PASSWORD"));
if (certificate.Thumbprint != "{sha1}")
    throw new InvalidOperationException($"This is {certificate.Thumbprint}, not the registered certificate.");

// MSAL builds and signs the assertion; no thumbprint is set by hand.
var app = ConfidentialClientApplicationBuilder.Create("{app_id}")
    .WithAuthority("{authority}/{tenant}"){elsewhere}
    .WithCertificate(certificate)
    .Build();

var result = await app.AcquireTokenForClient(["{scope}"]).ExecuteAsync();
Console.WriteLine($"Signed in until {result.ExpiresOn:u}");
