#pragma once
// Answers GET /provider/pipeline: what this node's provider works on, for its owner.
#include <strata/api/tokens.hpp>
#include <strata/http/message.hpp>
#include <strata/provider/api.hpp>

namespace strata::node {

/// Returns {"Miner", "Sectors": [{"Number", "State", "Pieces", "Expiration", "Message", "Reason"}]}, at most
/// kMostSectors of them, those that are in work or failed first. Statuses: 401 without a token of this node, 403 if it
/// lacks the permission admin, 404 if `provider` is null. Thread-safe.
http::Response pipeline_answer(const http::Request& request, const api::Tokens& tokens,
                               const provider::Provider* provider, const std::string& miner);
inline constexpr std::size_t kMostSectors = 10'000;

}  // namespace strata::node
