// Three digests behind plain functions: OpenSSL's libcrypto, loaded when first asked for, or CommonCrypto on Apple's
// systems.
//
// libcurl already brings libcrypto into the process, so that opening it costs next to nothing then; linking it would cost
// every start. The prototypes are declared here, because they have not changed since OpenSSL 1.1 and no headers are
// needed for three functions.
#pragma once

#include <stddef.h>

/// The functions of the loaded library.
typedef struct CryptoLibrary CryptoLibrary;

/// Opens the library and resolves its functions; later calls return the same table. From any thread.
/// Returns NULL, and says why in `reason`, if there is none; the next call then tries again.
const CryptoLibrary *ccrypto_load(char *reason, size_t reason_size);

/// Each writes its digest, 32 or 20 bytes, and returns 1; 0 if the library refuses (as SHA-1 under some policies).
int ccrypto_sha256(const CryptoLibrary *library, const void *bytes, size_t count, unsigned char *digest);
int ccrypto_sha1(const CryptoLibrary *library, const void *bytes, size_t count, unsigned char *digest);
int ccrypto_hmac_sha256(const CryptoLibrary *library, const void *key, size_t key_count, const void *bytes,
                        size_t count, unsigned char *digest);
