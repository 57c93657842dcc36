#include "shim.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

struct CurlLibrary {
  CURLcode (*global_init)(long);
  char *(*version)(void);
  const char *(*easy_strerror)(CURLcode);
  CURL *(*easy_init)(void);
  void (*easy_cleanup)(CURL *);
  CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
  CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
  CURLcode (*easy_pause)(CURL *, int);
  CURLcode (*easy_send)(CURL *, const void *, size_t, size_t *);
  CURLcode (*easy_recv)(CURL *, void *, size_t, size_t *);
  struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
  void (*slist_free_all)(struct curl_slist *);
  CURLM *(*multi_init)(void);
  CURLMcode (*multi_cleanup)(CURLM *);
  CURLMcode (*multi_add_handle)(CURLM *, CURL *);
  CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
  CURLMcode (*multi_setopt)(CURLM *, CURLMoption, ...);
  CURLMcode (*multi_perform)(CURLM *, int *);
  CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd *, unsigned int, int, int *);
  CURLMcode (*multi_wakeup)(CURLM *);
  CURLMsg *(*multi_info_read)(CURLM *, int *);

  // OpenSSL, found through libcurl's own dependencies; all of them or none.
  int has_openssl;
  int (*crypto_new_index)(int, long, void *, void *, void *, void *);
  void (*ctx_set_verify)(void *, int, int (*)(int, void *));
  int (*ctx_set_data)(void *, int, void *);
  void *(*ctx_get_data)(const void *, int);
  void *(*ssl_ctx)(const void *);
  const char *(*ssl_name)(const void *, int);
  int (*ssl_store_index)(void);
  void *(*store_get_data)(const void *, int);
  void *(*store_certificate)(const void *);
  int (*store_depth)(const void *);
  void *(*certificate_issuer)(const void *);
  char *(*name_line)(const void *, char *, int);
  int note_index;
};

// The table is written once under the lock and never again; wrappers only read it.
static pthread_mutex_t load_lock = PTHREAD_MUTEX_INITIALIZER;
static CurlLibrary table;
static int is_loaded = 0;

static void *open_library(void) {
#ifdef __APPLE__
  static const char *const names[] = {"/usr/lib/libcurl.4.dylib", "/opt/homebrew/opt/curl/lib/libcurl.4.dylib",
                                      "/usr/local/opt/curl/lib/libcurl.4.dylib", "libcurl.4.dylib"};
#else
  static const char *const names[] = {"libcurl.so.4"};
#endif
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    void *handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (handle) return handle;
  }
  return NULL;
}

// POSIX promises that a data pointer from dlsym can hold a function; memcpy says so without a cast C forbids.
static int resolve(void *handle, const char *name, void *target) {
  void *symbol = dlsym(handle, name);
  memcpy(target, &symbol, sizeof symbol);
  return symbol != NULL;
}

static void resolve_openssl(void *handle) {
  table.has_openssl = resolve(handle, "CRYPTO_get_ex_new_index", &table.crypto_new_index) &&
                      resolve(handle, "SSL_CTX_set_verify", &table.ctx_set_verify) &&
                      resolve(handle, "SSL_CTX_set_ex_data", &table.ctx_set_data) &&
                      resolve(handle, "SSL_CTX_get_ex_data", &table.ctx_get_data) &&
                      resolve(handle, "SSL_get_SSL_CTX", &table.ssl_ctx) &&
                      resolve(handle, "SSL_get_servername", &table.ssl_name) &&
                      resolve(handle, "SSL_get_ex_data_X509_STORE_CTX_idx", &table.ssl_store_index) &&
                      resolve(handle, "X509_STORE_CTX_get_ex_data", &table.store_get_data) &&
                      resolve(handle, "X509_STORE_CTX_get_current_cert", &table.store_certificate) &&
                      resolve(handle, "X509_STORE_CTX_get_error_depth", &table.store_depth) &&
                      resolve(handle, "X509_get_issuer_name", &table.certificate_issuer) &&
                      resolve(handle, "X509_NAME_oneline", &table.name_line);
  // 1 is CRYPTO_EX_INDEX_SSL_CTX.
  if (table.has_openssl) table.note_index = table.crypto_new_index(1, 0, NULL, NULL, NULL, NULL);
}

static const CurlLibrary *load(char *reason, size_t reason_size) {
  void *handle = open_library();
  if (!handle) {
    const char *error = dlerror();
    snprintf(reason, reason_size, "%s", error ? error : "libcurl was not found");
    return NULL;
  }
  const struct {
    const char *name;
    void *target;
  } wanted[] = {
      {"curl_global_init", &table.global_init},
      {"curl_version", &table.version},
      {"curl_easy_strerror", &table.easy_strerror},
      {"curl_easy_init", &table.easy_init},
      {"curl_easy_cleanup", &table.easy_cleanup},
      {"curl_easy_setopt", &table.easy_setopt},
      {"curl_easy_getinfo", &table.easy_getinfo},
      {"curl_easy_pause", &table.easy_pause},
      {"curl_easy_send", &table.easy_send},
      {"curl_easy_recv", &table.easy_recv},
      {"curl_slist_append", &table.slist_append},
      {"curl_slist_free_all", &table.slist_free_all},
      {"curl_multi_init", &table.multi_init},
      {"curl_multi_cleanup", &table.multi_cleanup},
      {"curl_multi_add_handle", &table.multi_add_handle},
      {"curl_multi_remove_handle", &table.multi_remove_handle},
      {"curl_multi_setopt", &table.multi_setopt},
      {"curl_multi_perform", &table.multi_perform},
      {"curl_multi_poll", &table.multi_poll},
      {"curl_multi_wakeup", &table.multi_wakeup},
      {"curl_multi_info_read", &table.multi_info_read},
  };
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    if (!resolve(handle, wanted[i].name, wanted[i].target)) {
      snprintf(reason, reason_size, "it is older than 7.68 (%s is missing)", wanted[i].name);
      dlclose(handle);
      return NULL;
    }
  }
  CURLcode code = table.global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) {
    snprintf(reason, reason_size, "%s", table.easy_strerror(code));
    return NULL;
  }
  resolve_openssl(handle);
  is_loaded = 1;
  return &table;
}

const CurlLibrary *ccurl_load(char *reason, size_t reason_size) {
  pthread_mutex_lock(&load_lock);
  const CurlLibrary *library = is_loaded ? &table : load(reason, reason_size);
  pthread_mutex_unlock(&load_lock);
  return library;
}

const char *ccurl_version(const CurlLibrary *library) { return library->version(); }

const char *ccurl_describe(const CurlLibrary *library, CURLcode code) { return library->easy_strerror(code); }

CURL *ccurl_easy_new(const CurlLibrary *library) { return library->easy_init(); }

void ccurl_easy_free(const CurlLibrary *library, CURL *easy) { library->easy_cleanup(easy); }

CURLcode ccurl_pause(const CurlLibrary *library, CURL *easy, int is_paused) {
  return library->easy_pause(easy, is_paused ? CURLPAUSE_RECV : CURLPAUSE_CONT);
}

CURLcode ccurl_set_long(const CurlLibrary *library, CURL *easy, CURLoption option, long value) {
  return library->easy_setopt(easy, option, value);
}

CURLcode ccurl_set_offset(const CurlLibrary *library, CURL *easy, CURLoption option, curl_off_t value) {
  return library->easy_setopt(easy, option, value);
}

CURLcode ccurl_set_string(const CurlLibrary *library, CURL *easy, CURLoption option, const char *value) {
  return library->easy_setopt(easy, option, value);
}

CURLcode ccurl_set_pointer(const CurlLibrary *library, CURL *easy, CURLoption option, void *value) {
  return library->easy_setopt(easy, option, value);
}

CURLcode ccurl_set_list(const CurlLibrary *library, CURL *easy, CURLoption option, struct curl_slist *value) {
  return library->easy_setopt(easy, option, value);
}

CURLcode ccurl_set_data_callback(const CurlLibrary *library, CURL *easy, CURLoption option, ccurl_data_callback callback,
                                 CURLoption user_option, void *user) {
  CURLcode code = library->easy_setopt(easy, option, callback);
  return code != CURLE_OK ? code : library->easy_setopt(easy, user_option, user);
}

CURLcode ccurl_allow_http_only(const CurlLibrary *library, CURL *easy) {
  // CURLOPT_PROTOCOLS_STR came with 7.85; by number, so that older headers compile and newer libraries are used well.
  const CURLoption by_name = (CURLoption)(CURLOPTTYPE_OBJECTPOINT + 318);
  if (library->easy_setopt(easy, by_name, "http,https") == CURLE_OK) return CURLE_OK;
  const CURLoption by_mask = (CURLoption)(CURLOPTTYPE_LONG + 181);
  return library->easy_setopt(easy, by_mask, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
}

static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)user;
  (void)purpose;
#ifdef SOCK_CLOEXEC
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
  curl_socket_t descriptor = socket(address->family, address->socktype, address->protocol);
  if (descriptor != CURL_SOCKET_BAD) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  return descriptor;
#endif
}

CURLcode ccurl_close_on_exec(const CurlLibrary *library, CURL *easy) {
  return library->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
}

void ccurl_abandon_lookups(const CurlLibrary *library, CURL *easy) {
  // CURLOPT_QUICK_EXIT, 7.87.
  library->easy_setopt(easy, (CURLoption)(CURLOPTTYPE_LONG + 322), 1L);
}

CURLcode ccurl_get_long(const CurlLibrary *library, CURL *easy, CURLINFO info, long *value) {
  return library->easy_getinfo(easy, info, value);
}

CURLcode ccurl_get_offset(const CurlLibrary *library, CURL *easy, CURLINFO info, curl_off_t *value) {
  return library->easy_getinfo(easy, info, value);
}

CURLcode ccurl_get_pointer(const CurlLibrary *library, CURL *easy, CURLINFO info, void **value) {
  return library->easy_getinfo(easy, info, value);
}

int ccurl_active_socket(const CurlLibrary *library, CURL *easy) {
  curl_socket_t descriptor = CURL_SOCKET_BAD;
  if (library->easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &descriptor) != CURLE_OK) return -1;
  return descriptor == CURL_SOCKET_BAD ? -1 : (int)descriptor;
}

CURLcode ccurl_send(const CurlLibrary *library, CURL *easy, const void *bytes, size_t size, size_t *sent) {
  return library->easy_send(easy, bytes, size, sent);
}

CURLcode ccurl_receive(const CurlLibrary *library, CURL *easy, void *bytes, size_t size, size_t *received) {
  return library->easy_recv(easy, bytes, size, received);
}

struct curl_slist *ccurl_list_append(const CurlLibrary *library, struct curl_slist *list, const char *line) {
  return library->slist_append(list, line);
}

void ccurl_list_free(const CurlLibrary *library, struct curl_slist *list) { library->slist_free_all(list); }

CURLM *ccurl_multi_new(const CurlLibrary *library) { return library->multi_init(); }

void ccurl_multi_free(const CurlLibrary *library, CURLM *multi) { library->multi_cleanup(multi); }

CURLMcode ccurl_multi_add(const CurlLibrary *library, CURLM *multi, CURL *easy) {
  return library->multi_add_handle(multi, easy);
}

CURLMcode ccurl_multi_remove(const CurlLibrary *library, CURLM *multi, CURL *easy) {
  return library->multi_remove_handle(multi, easy);
}

CURLMcode ccurl_multi_set_long(const CurlLibrary *library, CURLM *multi, CURLMoption option, long value) {
  return library->multi_setopt(multi, option, value);
}

CURLMcode ccurl_multi_perform(const CurlLibrary *library, CURLM *multi, int *running) {
  return library->multi_perform(multi, running);
}

CURLMcode ccurl_multi_wait(const CurlLibrary *library, CURLM *multi, struct curl_waitfd *sockets, unsigned count,
                           int timeout_milliseconds) {
  return library->multi_poll(multi, count ? sockets : NULL, count, timeout_milliseconds, NULL);
}

CURLMcode ccurl_multi_wakeup(const CurlLibrary *library, CURLM *multi) { return library->multi_wakeup(multi); }

int ccurl_multi_next_finished(const CurlLibrary *library, CURLM *multi, CURL **easy, CURLcode *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = library->multi_info_read(multi, &left))) {
    if (message->msg != CURLMSG_DONE) continue;
    *easy = message->easy_handle;
    *result = message->data.result;
    return 1;
  }
  return 0;
}

struct CurlCertificateNote {
  const CurlLibrary *library;
  char host[256];
  char issuer[256];
};

CurlCertificateNote *ccurl_note_new(const CurlLibrary *library) {
  CurlCertificateNote *note = calloc(1, sizeof *note);
  if (note) note->library = library;
  return note;
}

void ccurl_note_free(CurlCertificateNote *note) { free(note); }

// OpenSSL calls this once per certificate of the chain, the server's own (depth 0) last, and at once for a failed one.
static int note_certificate(int is_valid, void *store) {
  void *ssl = table.store_get_data(store, table.ssl_store_index());
  CurlCertificateNote *note = ssl ? table.ctx_get_data(table.ssl_ctx(ssl), table.note_index) : NULL;
  void *certificate = table.store_certificate(store);
  if (!note || !certificate || (is_valid && table.store_depth(store) != 0)) return is_valid;
  const char *host = table.ssl_name(ssl, 0);
  snprintf(note->host, sizeof note->host, "%s", host ? host : "");
  if (!table.name_line(table.certificate_issuer(certificate), note->issuer, sizeof note->issuer)) note->issuer[0] = 0;
  return is_valid;
}

static CURLcode prepare_context(CURL *easy, void *context, void *user) {
  (void)easy;
  if (table.ctx_set_data(context, table.note_index, user)) table.ctx_set_verify(context, 1, note_certificate);
  return CURLE_OK;
}

void ccurl_note_attach(const CurlLibrary *library, CURL *easy, CurlCertificateNote *note) {
  if (!library->has_openssl || !note) return;
  if (library->easy_setopt(easy, CURLOPT_SSL_CTX_DATA, note) != CURLE_OK) return;
  library->easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, prepare_context);
}

const char *ccurl_note_issuer(const CurlCertificateNote *note, const char *host) {
  if (!note || !note->issuer[0]) return NULL;
  // An address has no server name, so the note has no host then.
  return !note->host[0] || strcasecmp(note->host, host) == 0 ? note->issuer : NULL;
}
