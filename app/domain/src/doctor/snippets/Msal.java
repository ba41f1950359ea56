// com.microsoft.azure:msal4j
import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import java.io.FileInputStream;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.KeyStore;
import java.util.HexFormat;
import java.util.Set;

public class Msal {
    public static void main(String[] args) throws Exception {
        char[] password = System.getenv("PFX_PASSWORD").toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (FileInputStream file = new FileInputStream("certificate.pfx")) {
            store.load(file, password);
        }
        String alias = store.aliases().nextElement();
        X509Certificate certificate = (X509Certificate) store.getCertificate(alias);
        PrivateKey key = (PrivateKey) store.getKey(alias, password);

        byte[] digest = MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded());
        String thumbprint = HexFormat.of().withUpperCase().formatHex(digest);
        if (!thumbprint.equals("{sha1}")) {
            throw new IllegalStateException("This is " + thumbprint + ", not the registered certificate.");
        }

        // MSAL builds and signs the assertion; no thumbprint is set by hand.
        ConfidentialClientApplication app = ConfidentialClientApplication
            .builder("{app_id}", ClientCredentialFactory.createFromCertificate(key, certificate))
            .authority("{authority}/{tenant}/"){elsewhere}
            .build();
        var result = app.acquireToken(ClientCredentialParameters.builder(Set.of("{scope}")).build()).get();
        System.out.println("Signed in until " + result.expiresOnDate());
    }
}
