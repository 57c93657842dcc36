#include "shim.h"

#ifdef __APPLE__

#include <CommonCrypto/CommonDigest.h>
#include <CommonCrypto/CommonHMAC.h>

struct CryptoLibrary {
  int unused;
};

static const CryptoLibrary table;

const CryptoLibrary *ccrypto_load(char *reason, size_t reason_size) {
  (void)reason;
  (void)reason_size;
  return &table;
}

int ccrypto_sha256(const CryptoLibrary *library, const void *bytes, size_t count, unsigned char *digest) {
  (void)library;
  if (count > 0xFFFFFFFFu) return 0;
  return CC_SHA256(bytes, (CC_LONG)count, digest) != NULL;
}

int ccrypto_sha1(const CryptoLibrary *library, const void *bytes, size_t count, unsigned char *digest) {
  (void)library;
  if (count > 0xFFFFFFFFu) return 0;
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
  // Names of cache files, nothing that has to withstand anybody.
  return CC_SHA1(bytes, (CC_LONG)count, digest) != NULL;
#pragma clang diagnostic pop
}

int ccrypto_hmac_sha256(const CryptoLibrary *library, const void *key, size_t key_count, const void *bytes,
                        size_t count, unsigned char *digest) {
  (void)library;
  CCHmac(kCCHmacAlgSHA256, key, key_count, bytes, count, digest);
  return 1;
}

#else

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct CryptoLibrary {
  unsigned char *(*sha256)(const unsigned char *, size_t, unsigned char *);
  unsigned char *(*sha1)(const unsigned char *, size_t, unsigned char *);
  const void *(*sha256_kind)(void);
  unsigned char *(*hmac)(const void *, const void *, int, const unsigned char *, size_t, unsigned char *,
                         unsigned int *);
};

// The table is written once under the lock and never again; wrappers only read it.
static pthread_mutex_t load_lock = PTHREAD_MUTEX_INITIALIZER;
static CryptoLibrary table;
static int is_loaded = 0;

// POSIX promises that a data pointer from dlsym can hold a function; memcpy says so without a cast C forbids.
static int resolve(void *handle, const char *name, void *target) {
  void *symbol = dlsym(handle, name);
  memcpy(target, &symbol, sizeof symbol);
  return symbol != NULL;
}

static const CryptoLibrary *load(char *reason, size_t reason_size) {
  static const char *const names[] = {"libcrypto.so.3", "libcrypto.so.1.1"};
  void *handle = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && !handle; i++) handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *error = dlerror();
    snprintf(reason, reason_size, "%s", error ? error : "libcrypto was not found");
    return NULL;
  }
  if (!resolve(handle, "SHA256", &table.sha256) || !resolve(handle, "SHA1", &table.sha1) ||
      !resolve(handle, "EVP_sha256", &table.sha256_kind) || !resolve(handle, "HMAC", &table.hmac)) {
    snprintf(reason, reason_size, "it lacks SHA256, SHA1 or HMAC");
    dlclose(handle);
    return NULL;
  }
  is_loaded = 1;
  return &table;
}

const CryptoLibrary *ccrypto_load(char *reason, size_t reason_size) {
  pthread_mutex_lock(&load_lock);
  const CryptoLibrary *library = is_loaded ? &table : load(reason, reason_size);
  pthread_mutex_unlock(&load_lock);
  return library;
}

int ccrypto_sha256(const CryptoLibrary *library, const void *bytes, size_t count, unsigned char *digest) {
  return library->sha256(bytes, count, digest) != NULL;
}

int ccrypto_sha1(const CryptoLibrary *library, const void *bytes, size_t count, unsigned char *digest) {
  return library->sha1(bytes, count, digest) != NULL;
}

int ccrypto_hmac_sha256(const CryptoLibrary *library, const void *key, size_t key_count, const void *bytes,
                        size_t count, unsigned char *digest) {
  unsigned int written = 0;
  if (key_count > INT_MAX) return 0;
  // A NULL key would mean the one of the call before.
  if (!key) key = "";
  return library->hmac(library->sha256_kind(), key, (int)key_count, bytes, count, digest, &written) != NULL &&
         written == 32;
}

#endif
