// libcurl behind plain functions, loaded when first asked for.
//
// Loading libcurl and what it needs costs several milliseconds, so the program is not linked to it: `ccurl_load` opens
// the library and resolves the functions once, and every wrapper takes the table it returned. The variadic functions of
// libcurl become one wrapper per kind of argument. Nothing here decides anything about transfers.
#pragma once

#include <curl/curl.h>
#include <stddef.h>

/// The functions of the loaded library.
typedef struct CurlLibrary CurlLibrary;

/// Opens libcurl, resolves its functions and runs its global initialisation; later calls return the same table.
/// Returns NULL, and says why in `reason`, if there is no usable libcurl; the next call then tries again.
const CurlLibrary *ccurl_load(char *reason, size_t reason_size);

const char *ccurl_version(const CurlLibrary *library);
const char *ccurl_describe(const CurlLibrary *library, CURLcode code);

// Easy handles.
typedef size_t (*ccurl_data_callback)(char *bytes, size_t size, size_t count, void *user);

CURL *ccurl_easy_new(const CurlLibrary *library);
void ccurl_easy_free(const CurlLibrary *library, CURL *easy);
CURLcode ccurl_pause(const CurlLibrary *library, CURL *easy, int is_paused);
CURLcode ccurl_set_long(const CurlLibrary *library, CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_offset(const CurlLibrary *library, CURL *easy, CURLoption option, curl_off_t value);
CURLcode ccurl_set_string(const CurlLibrary *library, CURL *easy, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(const CurlLibrary *library, CURL *easy, CURLoption option, void *value);
CURLcode ccurl_set_list(const CurlLibrary *library, CURL *easy, CURLoption option, struct curl_slist *value);
/// Sets the write or header function (`option`) and its user pointer (`user_option`).
CURLcode ccurl_set_data_callback(const CurlLibrary *library, CURL *easy, CURLoption option, ccurl_data_callback callback,
                                 CURLoption user_option, void *user);
/// Only http and https, whichever of the two options for it this libcurl knows.
CURLcode ccurl_allow_http_only(const CurlLibrary *library, CURL *easy);
/// Connections are not inherited by programs the process starts; an heir would keep a closed one open.
CURLcode ccurl_close_on_exec(const CurlLibrary *library, CURL *easy);
/// A cancelled transfer does not wait for its name lookup to end. Older libraries do not know the option; no harm then.
void ccurl_abandon_lookups(const CurlLibrary *library, CURL *easy);

CURLcode ccurl_get_long(const CurlLibrary *library, CURL *easy, CURLINFO info, long *value);
CURLcode ccurl_get_offset(const CurlLibrary *library, CURL *easy, CURLINFO info, curl_off_t *value);
CURLcode ccurl_get_pointer(const CurlLibrary *library, CURL *easy, CURLINFO info, void **value);

/// What a write function returns to take nothing and be called again after `ccurl_pause(…, 0)`.
static inline size_t ccurl_write_pause(void) { return CURL_WRITEFUNC_PAUSE; }

// A connection that was only made (CURLOPT_CONNECT_ONLY), for as long as its handle stays in the multi handle.
/// Its socket, -1 if it is gone.
int ccurl_active_socket(const CurlLibrary *library, CURL *easy);
/// Neither waits: CURLE_AGAIN says that nothing went. Nothing received without an error is the end.
CURLcode ccurl_send(const CurlLibrary *library, CURL *easy, const void *bytes, size_t size, size_t *sent);
CURLcode ccurl_receive(const CurlLibrary *library, CURL *easy, void *bytes, size_t size, size_t *received);

// Lists of header lines. A NULL result means out of memory; the given list is then still owned by the caller.
struct curl_slist *ccurl_list_append(const CurlLibrary *library, struct curl_slist *list, const char *line);
void ccurl_list_free(const CurlLibrary *library, struct curl_slist *list);

// Multi handles.
CURLM *ccurl_multi_new(const CurlLibrary *library);
void ccurl_multi_free(const CurlLibrary *library, CURLM *multi);
CURLMcode ccurl_multi_add(const CurlLibrary *library, CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_remove(const CurlLibrary *library, CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_set_long(const CurlLibrary *library, CURLM *multi, CURLMoption option, long value);
CURLMcode ccurl_multi_perform(const CurlLibrary *library, CURLM *multi, int *running);
/// Sleeps until the transfers, one of the sockets, a wake-up or the time asks for more.
CURLMcode ccurl_multi_wait(const CurlLibrary *library, CURLM *multi, struct curl_waitfd *sockets, unsigned count,
                           int timeout_milliseconds);
/// The one function that may be called from any thread.
CURLMcode ccurl_multi_wakeup(const CurlLibrary *library, CURLM *multi);
/// The next finished transfer, 0 if there is none.
int ccurl_multi_next_finished(const CurlLibrary *library, CURLM *multi, CURL **easy, CURLcode *result);

/// Who issued the certificate that was looked at last, for the words of a failed check. Filled while libcurl shakes
/// hands, on the thread that runs the multi handle, and only if its TLS library is OpenSSL. Verification is not changed.
typedef struct CurlCertificateNote CurlCertificateNote;

CurlCertificateNote *ccurl_note_new(const CurlLibrary *library);
/// To be called after the multi handle was freed: its connections point here.
void ccurl_note_free(CurlCertificateNote *note);
void ccurl_note_attach(const CurlLibrary *library, CURL *easy, CurlCertificateNote *note);
/// The issuer in one line, NULL if unknown or if the note is about another host.
const char *ccurl_note_issuer(const CurlCertificateNote *note, const char *host);
