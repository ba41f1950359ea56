// go get github.com/AzureAD/microsoft-authentication-library-for-go
package main

import (
	"context"
	"crypto/sha1"
	"fmt"
	"log"
	"os"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
)

func main() {
	// The certificate and its private key, both in PEM.
	pem, err := os.ReadFile("certificate-and-key.pem")
	if err != nil {
		log.Fatal(err)
	}
	certificates, key, err := confidential.CertFromPEM(pem, "")
	if err != nil {
		log.Fatal(err)
	}
	if thumbprint := fmt.Sprintf("%X", sha1.Sum(certificates[0].Raw)); thumbprint != "{sha1}" {
		log.Fatalf("This is %s, not the registered certificate.", thumbprint)
	}

	// MSAL builds and signs the assertion; no thumbprint is set by hand.
	credential, err := confidential.NewCredFromCert(certificates, key)
	if err != nil {
		log.Fatal(err)
	}
	app, err := confidential.New("{authority}/{tenant}", "{app_id}", credential{elsewhere})
	if err != nil {
		log.Fatal(err)
	}
	result, err := app.AcquireTokenByCredential(context.Background(), []string{"{scope}"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Signed in until", result.ExpiresOn)
}
