#include <strata/node/provider_door.hpp>

#include <algorithm>
#include <charconv>
#include <memory>

#include <nlohmann/json.hpp>

#include <strata/base/files.hpp>
#include <strata/node/owner.hpp>
#include <strata/provider/api.hpp>

namespace strata::node {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSectors = "/provider/sectors";
constexpr std::size_t kMostWaiting = 16;  // requests that change the provider

http::Response json(unsigned status, const Json& value) {
    auto out = http::json_response(status, value.dump(-1, ' ', false, Json::error_handler_t::replace));
    out.headers.emplace_back("Cache-Control", "no-store");
    return out;
}

http::Response not_allowed(const http::Request& request, std::string_view allowed) {
    auto out = http::text_response(405, request.method + " is not allowed here; use " + std::string(allowed));
    out.headers.emplace_back("Allow", std::string(allowed));
    return out;
}

Json piece_json(const provider::SectorPiece& piece) {
    Json out;
    out["PieceCID"] = piece.info.cid.to_string();
    out["PieceSize"] = piece.info.size;
    out["Filler"] = piece.filler;
    out["DealID"] = piece.deal ? Json(piece.deal->id) : Json(nullptr);
    return out;
}

Json sector_json(const provider::SectorStatus& sector) {
    Json out;
    out["Sector"] = sector.number;
    out["State"] = sector_state_name(sector.state);
    out["Expiration"] = sector.expiration;
    out["Reason"] = sector.reason;
    out["Message"] = sector.message ? Json{{"/", sector.message->to_string()}} : Json(nullptr);
    out["Pieces"] = Json::array();
    for (const auto& piece : sector.pieces) out["Pieces"].push_back(piece_json(piece));
    return out;
}

/// The owner may read the whole sentence.
http::Response refusal(const Error& error) {
    return http::text_response(error.code() == Errc::invalid_argument ? 400 : 500, error.message());
}

}  // namespace

bool ProviderDoor::serves(std::string_view path) {
    return path == "/provider" || path.starts_with("/provider/");
}

http::Response ProviderDoor::handle(const http::Request& request) {
    if (auto refusal = refuse_others(request, tokens_)) return std::move(*refusal);
    const bool reads = request.method == "GET" || request.method == "HEAD";
    std::string_view path = request.path;
    if (path == kSectors) return reads ? sectors() : not_allowed(request, "GET, HEAD");
    if (path == "/provider/storage") return reads ? storage() : not_allowed(request, "GET, HEAD");
    if (path == "/provider/pledge") {
        if (request.method != "POST") return not_allowed(request, "POST");
        return later([this](ChainEpoch epoch) {
            const auto number = provider_.pledge_sector(epoch);
            return number ? json(200, Json{{"Sector", *number}}) : refusal(number.error());
        });
    }
    constexpr std::string_view kRetry = "/retry";
    if (path.starts_with(kSectors) && path.size() > kSectors.size() + 1 && path[kSectors.size()] == '/' &&
        path.ends_with(kRetry)) {
        path.remove_prefix(kSectors.size() + 1);
        path.remove_suffix(kRetry.size());
        SectorNumber number = 0;
        const auto read = std::from_chars(path.data(), path.data() + path.size(), number);
        if (read.ec != std::errc() || read.ptr != path.data() + path.size())
            return http::text_response(400, "the path does not name a sector by its number");
        if (request.method != "POST") return not_allowed(request, "POST");
        return later([this, number](ChainEpoch epoch) {
            const auto done = provider_.retry_sector(number, epoch);
            return done ? json(200, Json{{"Sector", number}}) : refusal(done.error());
        });
    }
    return http::text_response(404, "there is nothing at " + request.path +
                                        "; the provider is at /provider/sectors, /provider/storage and "
                                        "/provider/pledge");
}

http::Response ProviderDoor::sectors() const {
    auto sectors = provider_.sectors();
    using enum provider::SectorState;
    std::ranges::sort(sectors, {}, [](const auto& sector) {
        const bool is_settled = sector.state == proving || sector.state == moved || sector.state == ended;
        return std::pair(is_settled, sector.number);
    });
    sectors.resize(std::min(sectors.size(), kMostSectors));
    Json list = Json::array();
    for (const auto& sector : sectors) list.push_back(sector_json(sector));
    return json(200, Json{{"Miner", miner_}, {"Sectors", std::move(list)}});
}

http::Response ProviderDoor::storage() const {
    std::error_code error;
    const auto space = std::filesystem::space(folder_, error);
    Json out;
    out["Folder"] = folder_.string();
    out["Bytes"] = bytes_below(folder_);
    out["FreeBytes"] = error ? Json(nullptr) : Json(space.available);
    out["Parts"] = Json::array();
    for (std::filesystem::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error))
        if (std::error_code unused; at->is_directory(unused))
            out["Parts"].push_back(Json{{"Name", at->path().filename().string()}, {"Bytes", bytes_below(at->path())}});
    return json(200, out);
}

http::Response ProviderDoor::later(Work work) {
    {
        const Lock lock(mutex_);
        if (waiting_.size() >= kMostWaiting)
            return http::text_response(429, "too many requests wait for the provider; try again at the next epoch");
    }
    // A Later is copied, and its start is called once.
    return {200, {}, http::Later{[this, work = std::move(work)](http::Done done) { take({work, std::move(done)}); }}};
}

void ProviderDoor::take(Waiting waiting) {
    {
        const Lock lock(mutex_);
        if (!stopped_) {
            waiting_.push_back(std::move(waiting));
            return;
        }
    }
    waiting.done(http::text_response(503, "the node stops"));
}

void ProviderDoor::run_due(ChainEpoch epoch) {
    std::deque<Waiting> due;
    {
        const Lock lock(mutex_);
        due.swap(waiting_);
    }
    for (auto& one : due) one.done(one.work(epoch));
}

void ProviderDoor::stop() {
    std::deque<Waiting> due;
    {
        const Lock lock(mutex_);
        stopped_ = true;
        due.swap(waiting_);
    }
    for (auto& one : due) one.done(http::text_response(503, "the node stops"));
}

}  // namespace strata::node
