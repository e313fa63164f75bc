#pragma once
// The tokens with which callers of the API prove what they may do: JWT signed with HMAC-SHA256 over a secret of the
// node. Lotus' tools read and make tokens of the same form. Source: docs/protocol/node.md §28.2 (lotus
// node/impl/common/common.go, node/modules/core.go); RFC 7515, RFC 7519; RFC 8725 §3.1 (the algorithm is fixed).
#include <chrono>
#include <string>
#include <vector>

#include <strata/api/permissions.hpp>
#include <strata/base/result.hpp>
#include <strata/crypto/random.hpp>
#include <strata/store/key_value.hpp>

namespace strata::api {

/// Thread-safe.
class Tokens {
  public:
    using Time = std::chrono::sys_seconds;

    /// Reads the node's secret from its records, or draws it at the first start. Errors: malformed if the record is
    /// damaged; io.
    static Result<Tokens> open(store::KeyValue& records, crypto::RandomSource& random);

    /// Returns a token that allows `allow`, until `expires` if that is given.
    std::string issue(const std::vector<Permission>& allow, std::optional<Time> expires = {}) const;
    /// Returns what a token allows, in its order. Names that are not permissions are left out. Errors: verification for
    /// every token that is not valid now.
    Result<std::vector<Permission>> verify(std::string_view token, Time now) const;

  private:
    explicit Tokens(const Hash256& secret) : secret_(secret) {}
    Hash256 signature_of(std::string_view signed_part) const;

    Hash256 secret_;
};

}  // namespace strata::api
