#pragma once
// Sends a snapshot of the running node's chain as the body of an HTTP answer, as fast as the reader takes it: GET
// /rpc/snapshot?format=v2&recent_states=2000&epoch=N. This path is our own, for `strata chain export`; Lotus has
// ChainExport (methods_export.cpp).
#include <strata/api/permissions.hpp>
#include <strata/http/message.hpp>

namespace strata::api {

struct Serving;

inline constexpr std::string_view kSnapshotPath = "/rpc/snapshot";

/// Answers a GET: 200 with the bytes; 400 for a parameter that cannot be read; 403 without the permission to read; 404
/// for an epoch that the chain does not have; 503 if as many exports run as may. The headers X-Strata-Height and
/// X-Strata-Head name the snapshot's head. A snapshot that cannot be completed ends with a closed connection.
http::Response serve_snapshot(const http::Request& request, Permissions permissions, Serving& serving);

}  // namespace strata::api
