#include <strata/drand/drand_server.hpp>

#include <charconv>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::drand {
namespace {

/// Removes `prefix` from the front; returns false if it is not there.
bool take(std::string_view& path, std::string_view prefix) {
    if (!path.starts_with(prefix)) return false;
    path.remove_prefix(prefix.size());
    return true;
}

}  // namespace

// The id and the group's hash are those of oracle/net/cmd/beacon, which made the chains of the vectors.
Info info_of(const chain::LocalBeacon& beacon, std::string_view seed, std::uint64_t genesis_time,
             std::uint64_t period) {
    return {beacon.chain(genesis_time, period), to_bytes(crypto::sha256(as_bytes("group " + std::string(seed)))),
            "quicknet"};
}

DrandServer::DrandServer(chain::LocalBeacon& beacon, std::string_view seed, std::uint64_t genesis_time,
                         std::uint64_t period, std::function<std::chrono::seconds()> unix_time)
    : beacon_(beacon),
      info_(info_of(beacon, seed, genesis_time, period)),
      hash_(to_hex(chain_hash(info_))),
      unix_time_(std::move(unix_time)) {}

http::Response DrandServer::operator()(const http::Request& request) const {
    if (request.method != "GET") return http::text_response(405, "expected GET");
    std::string_view path = request.path;
    take(path, "/" + hash_);
    if (path == "/info") return http::json_response(200, encode_info(info_));
    if (take(path, "/public/")) return round(path);
    return http::text_response(404, "expected /info, /public/latest or /public/ROUND, or /" + hash_ + " before them");
}

http::Response DrandServer::round(std::string_view name) const {
    const auto latest = round_at(info_.chain, static_cast<std::uint64_t>(unix_time_().count()));
    std::uint64_t number = latest;
    if (name != "latest") {
        const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
        if (read.ec != std::errc() || read.ptr != name.data() + name.size() || number == 0)
            return http::text_response(400, "expected a round, a number from 1 on");
    }
    if (number == 0 || number > latest)
        return http::text_response(404, "round " + std::to_string(std::max<std::uint64_t>(number, 1)) + " is out at " +
                                            std::to_string(time_of(info_.chain, std::max<std::uint64_t>(number, 1))) +
                                            " (Unix time)");
    const auto entry = beacon_.entry(number);
    return entry ? http::json_response(200, encode_round(*entry)) : http::error_response(500, entry.error());
}

}  // namespace strata::drand
