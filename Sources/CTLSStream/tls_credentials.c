#include "tls_internal.h"

// What browsers of the last ten years speak.
static const char *const priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";

void exam_tls_set_error(GError **error, const char *what, int code) {
  g_set_error(error, G_TLS_ERROR, G_TLS_ERROR_MISC, "%s: %s", what, gnutls_strerror(code));
}

static char *chain_of(GTlsCertificate *certificate) {
  GString *chain = g_string_new(NULL);
  for (; certificate; certificate = g_tls_certificate_get_issuer(certificate)) {
    char *pem = NULL;
    g_object_get(certificate, "certificate-pem", &pem, NULL);
    if (pem) g_string_append(chain, pem);
    g_free(pem);
  }
  return g_string_free(chain, FALSE);
}

ExamTLSCredentials *exam_tls_credentials_new(GTlsCertificate *certificate, GError **error) {
  char *chain = chain_of(certificate), *key = NULL;
  g_object_get(certificate, "private-key-pem", &key, NULL);
  ExamTLSCredentials *credentials = g_new0(ExamTLSCredentials, 1);
  g_atomic_ref_count_init(&credentials->references);
  int code = gnutls_certificate_allocate_credentials(&credentials->certificate);
  if (code >= 0) {
    gnutls_datum_t chain_datum = {(unsigned char *)chain, strlen(chain)};
    gnutls_datum_t key_datum = {(unsigned char *)(key ? key : ""), key ? strlen(key) : 0};
    code = gnutls_certificate_set_x509_key_mem2(
        credentials->certificate, &chain_datum, &key_datum, GNUTLS_X509_FMT_PEM, NULL, 0);
  }
  if (code >= 0) code = gnutls_priority_init(&credentials->priority, priorities, NULL);
  g_free(chain);
  if (key) gnutls_memset(key, 0, strlen(key));
  g_free(key);
  if (code >= 0) return credentials;
  exam_tls_set_error(error, "the certificate and its key cannot be used", code);
  exam_tls_credentials_unref(credentials);
  return NULL;
}

ExamTLSCredentials *exam_tls_credentials_ref(ExamTLSCredentials *credentials) {
  g_atomic_ref_count_inc(&credentials->references);
  return credentials;
}

void exam_tls_credentials_unref(ExamTLSCredentials *credentials) {
  if (!g_atomic_ref_count_dec(&credentials->references)) return;
  if (credentials->certificate) gnutls_certificate_free_credentials(credentials->certificate);
  if (credentials->priority) gnutls_priority_deinit(credentials->priority);
  g_free(credentials);
}
