#include <strata/drand/drand_http.hpp>

#include <algorithm>

#include <strata/base/hex.hpp>
#include <strata/base/log.hpp>
#include <strata/chain/beacon.hpp>

namespace strata::drand {
namespace {

using std::chrono::milliseconds;

const Log kLog("drand");
constexpr unsigned kNotFound = 404, kTooEarly = 425;

std::string seconds_text(milliseconds time) {
    return std::to_string((time.count() + 999) / 1'000) + " s";
}

/// The records can be had again from any server, so they are kept beside the chain (store/key_value.hpp).
std::string key_of(const std::string& hash, std::uint64_t round) {
    Bytes big_endian(8);
    store_be(big_endian.data(), round);
    return "chain/drand/" + hash + "/" + to_hex(big_endian);
}

}  // namespace

DrandHttp::DrandHttp(DrandConfig config)
    : config_(std::move(config)), hash_(to_hex(config_.hash)), cache_(config_.cached) {
    STRATA_CHECK(config_.unix_time && config_.chain.period > 0);
    set_servers(config_.servers);
}

void DrandHttp::set_servers(const std::vector<std::string>& urls) {
    const Lock lock(mutex_);
    std::vector<Server> now;
    for (std::string_view url : urls) {
        while (url.ends_with('/')) url.remove_suffix(1);
        const auto known = std::ranges::find(servers_, url, &Server::url);
        now.push_back(known == servers_.end() ? Server{std::string(url), 0, {}, {}} : *known);
    }
    servers_ = std::move(now);
}

Result<BeaconEntry> DrandHttp::entry(std::uint64_t round) {
    if (round == 0) return fail(Errc::invalid_argument, "the rounds of a beacon begin with 1");
    if (auto there = known(round)) return std::move(*there);
    const auto out_at = time_of(config_.chain, round);
    const auto now = config_.unix_time();
    const auto seconds = static_cast<std::uint64_t>(now.count()) / 1'000;
    if (out_at > seconds)
        return fail(Errc::not_found, "round " + std::to_string(round) + " of the beacon is out at " +
                                         std::to_string(out_at) + " (Unix time), in " +
                                         std::to_string(out_at - seconds) + " s");
    STRATA_TRY(auto entry, ask_all<BeaconEntry>("public/" + std::to_string(round),
                                                [&](std::string_view json) { return read_round(round, json); }));
    keep(entry);
    return entry;
}

Result<Info> DrandHttp::info() {
    return ask_all<Info>("info", [this](std::string_view json) -> Result<Info> {
        STRATA_TRY(auto info, decode_info(json));
        const auto& ours = config_.chain;
        const bool is_same = info.chain.public_key == ours.public_key && info.chain.period == ours.period &&
                             info.chain.genesis_time == ours.genesis_time;
        if (!is_same || chain_hash(info) != config_.hash)
            return fail(Errc::verification, "the server describes the drand chain " + to_hex(chain_hash(info)) +
                                                ", expected the configured chain " + hash_);
        return info;
    });
}

std::optional<BeaconEntry> DrandHttp::known(std::uint64_t round) {
    {
        const Lock lock(mutex_);
        if (const auto* data = cache_.find(round)) return BeaconEntry{round, *data};
    }
    if (config_.store == nullptr) return {};
    auto stored = config_.store->get(key_of(hash_, round));
    if (!stored || !*stored) return {};
    BeaconEntry entry{round, std::move(**stored)};
    // A record that the disk changed is fetched again.
    if (!chain::verify_beacon_entry(config_.chain, entry)) return {};
    const Lock lock(mutex_);
    cache_.put(round, entry.data);
    return entry;
}

void DrandHttp::keep(const BeaconEntry& entry) {
    {
        const Lock lock(mutex_);
        cache_.put(entry.round, entry.data);
    }
    if (config_.store == nullptr) return;
    const auto kept = config_.store->put(key_of(hash_, entry.round), entry.data);
    if (!kept)
        kLog.warning("a round of the beacon is not kept on disk",
                     {{"round", std::to_string(entry.round)}, {"reason", kept.error().message()}});
}

Result<BeaconEntry> DrandHttp::read_round(std::uint64_t round, std::string_view json) const {
    STRATA_TRY(auto entry, decode_round(json));
    if (entry.round != round)
        return fail(Errc::verification,
                    "the server sent round " + std::to_string(entry.round) + ", expected " + std::to_string(round));
    if (!chain::verify_beacon_entry(config_.chain, entry))
        return fail(Errc::verification,
                    "the server sent a signature of round " + std::to_string(round) + " that is not the beacon's");
    return entry;
}

/// Returns the servers with the fewest failures in a row first, otherwise in the configured order.
std::vector<DrandHttp::Asked> DrandHttp::order() {
    std::vector<std::tuple<unsigned, std::size_t, Asked>> all;
    {
        const Lock lock(mutex_);
        for (std::size_t i = 0; i < servers_.size(); ++i)
            all.emplace_back(servers_[i].failures, i,
                             Asked{servers_[i].url, servers_[i].quiet_until, servers_[i].failure});
    }
    std::ranges::sort(all, {}, [](const auto& one) { return std::pair(std::get<0>(one), std::get<1>(one)); });
    std::vector<Asked> out;
    for (auto& one : all) out.push_back(std::move(std::get<2>(one)));
    return out;
}

void DrandHttp::succeeded(const std::string& url) {
    const Lock lock(mutex_);
    for (auto& server : servers_)
        if (server.url == url) server = {url, 0, {}, {}};
}

void DrandHttp::failed(const std::string& url, const std::string& why) {
    const auto now = config_.unix_time();
    const Lock lock(mutex_);
    for (auto& server : servers_) {
        if (server.url != url) continue;
        const auto pause = config_.first_backoff * (1L << std::min(server.failures, 20U));
        ++server.failures;
        server.quiet_until = now + std::min(pause, config_.last_backoff);
        server.failure = why;
    }
}

/// Errors: not_found if the server does not have it yet; io.
Result<std::string> DrandHttp::ask(const std::string& url, const std::string& path) {
    const std::string full = url + "/" + hash_ + "/" + path;
    const http::ClientLimits limits{.body_bytes = kMaxAnswer, .timeout = config_.timeout, .total = config_.timeout};
    STRATA_TRY(const auto answer, config_.get ? config_.get(full, limits) : http::get(full, {}, limits));
    if (answer.status == kNotFound || answer.status == kTooEarly)
        return fail(Errc::not_found, "the server does not have it (status " + std::to_string(answer.status) + ")");
    if (answer.status != 200)
        return fail(Errc::io, "the server answered with status " + std::to_string(answer.status) + ", expected 200");
    return std::string(as_text(answer.body));
}

template <class T>
Result<T> DrandHttp::ask_all(const std::string& path, const std::function<Result<T>(std::string_view)>& read) {
    std::string failures;
    bool is_early = true;
    std::optional<milliseconds> waits;
    const auto add = [&](const std::string& url, const std::string& why) {
        failures += (failures.empty() ? "" : "; ") + url + ": " + why;
    };
    const auto servers = order();
    if (servers.empty()) return fail(Errc::busy, "no drand server is known that could give " + path);
    for (const auto& server : servers) {
        if (config_.stop != nullptr && *config_.stop) return fail(Errc::cancelled, "the node stops");
        const auto now = config_.unix_time();
        if (now < server.quiet_until) {
            waits = std::min(waits.value_or(milliseconds::max()), server.quiet_until - now);
            add(server.url, server.failure);
            continue;
        }
        auto got = ask(server.url, path);
        auto value = got ? read(*got) : Result<T>(std::move(got).error());
        if (value) {
            succeeded(server.url);
            return value;
        }
        add(server.url, value.error().message());
        // A clock that is a little ahead of a server's is not the fault of a server.
        if (value.error().code() == Errc::not_found) continue;
        is_early = false;
        failed(server.url, value.error().message());
        kLog.info("a drand server failed", {{"server", server.url}, {"reason", value.error().message()}});
    }
    const std::string what = "no drand server gave " + path + ": " + failures;
    if (!is_early) return fail(Errc::io, what);
    if (!waits) return fail(Errc::not_found, what);
    return fail(Errc::busy, what + "; the next attempt is in " + seconds_text(*waits));
}

}  // namespace strata::drand
