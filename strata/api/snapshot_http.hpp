#pragma once
// Serves GET /rpc/snapshot?format=v2&recent_states=2000&epoch=N: a snapshot of the running node's chain is the body of
// the answer, and is sent as fast as its reader takes it. Only Strata has this path, for `strata chain export`; Lotus'
// way is the method ChainExport (methods_export.cpp), which needs the same permission.
#include <strata/api/permissions.hpp>
#include <strata/http/message.hpp>

namespace strata::api {

struct Serving;

inline constexpr std::string_view kSnapshotPath = "/rpc/snapshot";

/// Answers with 200 and the bytes of the snapshot. The headers X-Strata-Height and X-Strata-Head name its head. The
/// connection is closed early if the snapshot cannot be completed. Answers with 400 for a parameter that cannot be
/// read, 403 for a caller who may not read, 404 for an epoch that the chain does not have, 405 for every method but
/// GET, and 503 with the reason for everything else: as many exports run as may, or the chain cannot be read now.
http::Response serve_snapshot(const http::Request& request, Permissions permissions, Serving& serving);

}  // namespace strata::api
