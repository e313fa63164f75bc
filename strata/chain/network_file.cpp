// Reads network.json, the description that comes with a recorded chain and is in the folder of a local network. A
// person may have edited it, so every field that is read is checked here and nowhere else.
#include <algorithm>

#include <nlohmann/json.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/base/hex.hpp>
#include <strata/base/utf8.hpp>
#include <strata/chain/mock_beacon.hpp>
#include <strata/chain/network.hpp>
#include <strata/crypto/bls.hpp>

namespace strata::chain {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxFile = 1 << 20;
constexpr std::size_t kMaxName = 255;
constexpr std::uint64_t kMaxTime = 253'402'300'799;           // the last second of the year 9999
constexpr std::uint64_t kMaxDelay = 24 * 60 * 60;             // a day: longer epochs make no sense
constexpr std::uint64_t kMaxChainId = 9'007'199'254'740'991;  // 2^53 - 1: what JavaScript's clients can hold
constexpr std::string_view kScheme = "bls-unchained-g1-rfc9380";
// The value of "winning_post" must begin with one of these words; the rest is for people.
constexpr std::string_view kStub = "stub";
constexpr std::string_view kReal = "real";

struct Range {
    std::uint64_t least;
    std::uint64_t most;
};

// Returns a refusal. `what` continues the sentence after the name of the field: "is 0, expected 1 to 86400".
Error wrong(std::string_view field, std::string_view what) {
    return fail(Errc::malformed, "network description: " + std::string(field) + " " + std::string(what));
}

// Returns a value as it is in the file, shortened to 60 bytes.
std::string text_of(const Json& value) {
    constexpr std::size_t most = 60;
    const auto text = value.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
    return text.size() <= most ? text : text.substr(0, most) + "...";
}

// An object of the file with its path, so that a refusal can name the full path of a field.
class Object {
  public:
    Object(const Json& json, std::string path) : json_(&json), path_(std::move(path)) {}

    bool has(const char* name) const { return json_->contains(name); }

    Result<const Json*> field(const char* name) const {
        const auto it = json_->find(name);
        if (it == json_->end()) return wrong(path(name), "is missing");
        return &*it;
    }
    Result<Object> object(const char* name) const {
        STRATA_TRY(const Json* const value, field(name));
        if (!value->is_object()) return wrong(path(name), "is " + text_of(*value) + ", expected an object");
        return Object(*value, path(name) + ".");
    }
    Result<std::uint64_t> number(const char* name, Range range) const {
        STRATA_TRY(const Json* const value, field(name));
        const auto allowed =
            std::to_string(range.least) + (range.least == range.most ? "" : " to " + std::to_string(range.most));
        if (!value->is_number_unsigned() || value->get<std::uint64_t>() < range.least ||
            value->get<std::uint64_t>() > range.most)
            return wrong(path(name), "is " + text_of(*value) + ", expected " + allowed);
        return value->get<std::uint64_t>();
    }
    Result<std::string> text(const char* name, std::size_t least, std::size_t most) const {
        STRATA_TRY(const Json* const value, field(name));
        const bool fits = value->is_string() && value->get_ref<const std::string&>().size() >= least &&
                          value->get_ref<const std::string&>().size() <= most;
        const auto allowed = std::to_string(least) + (least == most ? "" : " to " + std::to_string(most));
        if (!fits || !is_utf8(value->get_ref<const std::string&>()))
            return wrong(path(name), "is " + text_of(*value) + ", expected a string of " + allowed + " bytes of UTF-8");
        return value->get<std::string>();
    }
    Result<bool> flag(const char* name) const {
        STRATA_TRY(const Json* const value, field(name));
        if (!value->is_boolean()) return wrong(path(name), "is " + text_of(*value) + ", expected true or false");
        return value->get<bool>();
    }
    std::string path(const char* name) const { return path_ + name; }

  private:
    const Json* json_;
    std::string path_;
};

constexpr const char* kMock = "mock";

Result<BeaconChain> beacon_chain(const Object& info) {
    BeaconChain out;
    STRATA_TRY(const auto scheme, info.text("schemeID", 1, kMaxName));
    if (scheme != kScheme)
        return fail(Errc::unsupported, "network description: " + info.path("schemeID") + " is \"" + scheme +
                                           "\", expected \"" + std::string(kScheme) + "\"");
    constexpr std::size_t digits = 2 * std::tuple_size_v<crypto::bls::swapped::PublicKey>;
    STRATA_TRY(const auto key, info.text("public_key", digits, digits));
    const auto bytes = from_hex(key);
    if (!bytes || !crypto::bls::swapped::is_public_key(*bytes))
        return wrong(info.path("public_key"), "is \"" + key + "\", which is not a key on G2 of BLS12-381 in hex");
    out.public_key = *bytes;
    STRATA_TRY(out.genesis_time, info.number("genesis_time", {0, kMaxTime}));
    STRATA_TRY(out.period, info.number("period", {1, kMaxDelay}));
    return out;
}

Result<BeaconChain> read_beacon(const Object& drand) {
    if (drand.has(kMock)) {
        STRATA_TRY(const bool wants_mock, drand.flag(kMock));
        if (wants_mock) return mock_chain();
    }
    STRATA_TRY(const auto info, drand.object("chain_info"));
    return beacon_chain(info);
}

constexpr const char* kSchedule = "schedule";
constexpr const char* kGenesisVersion = "genesis_network_version";
constexpr const char* kFireHorseHeight = "firehorse_nv28_height";
constexpr const char* kNextHeight = "xx_nv29_height";

// A network whose schedule is published, under the name of its build, with what its bundles and its genesis fix.
struct Published {
    std::string_view name;
    UpgradeSchedule (*upgrades)();
    actors::ActorBundle bundle;
    std::int64_t reserve;  // whole FIL at genesis, since version 25 (lotus UpgradeTeepInitialFilReserved)
};
constexpr Published kPublished[] = {
    {"mainnet", &mainnet_upgrades, actors::ActorBundle::mainnet, 300'000'000},
    {"calibnet", &calibnet_upgrades, actors::ActorBundle::calibnet, 1'200'000'000},
    {"butterflynet", &butterflynet_upgrades, actors::ActorBundle::butterflynet, 1'600'000'000},
};

Status read_published(const Object& upgrades, Network& out) {
    STRATA_TRY(const auto name, upgrades.text(kSchedule, 1, kMaxName));
    const auto* const found = std::ranges::find(kPublished, name, &Published::name);
    if (found == std::end(kPublished))
        return wrong(upgrades.path(kSchedule), "is \"" + name + "\", expected mainnet, calibnet or butterflynet");
    out.upgrades = found->upgrades();
    out.use_bundles(found->bundle);
    out.initial_reserve = fil(found->reserve);
    out.actor_debugging = false;  // lotus params_mainnet.go, params_calibnet.go, params_butterfly.go: ActorDebugging
    STRATA_OK(upgrades.number(kGenesisVersion, {out.upgrades.genesis_version(), out.upgrades.genesis_version()}));
    if (upgrades.has(kNextHeight))
        return wrong(upgrades.path(kNextHeight),
                     "is set, but the schedule of " + name + " is fixed: leave out one of the two");
    return {};
}

// Without a published schedule, the network keeps the upgrades of the 2k network, which begins with FireHorse unless
// the description says that it begins one version earlier. The heights of the later versions are the network's own; an
// upgrade to version 28 without a height is not planned.
Status read_upgrades(const Object& upgrades, Network& out) {
    if (upgrades.has(kSchedule)) return read_published(upgrades, out);
    STRATA_TRY(const auto genesis, upgrades.number(kGenesisVersion, {kGoldenWeek, kFireHorse}));
    if (genesis == kGoldenWeek) {
        out.upgrades = UpgradeSchedule(kGoldenWeek, out.upgrades.upgrades());
        out.upgrades.move("FireHorse", kNotPlanned);
        if (upgrades.has(kFireHorseHeight)) {
            STRATA_TRY(const auto height,
                       upgrades.number(kFireHorseHeight, {0, static_cast<std::uint64_t>(kNotPlanned)}));
            out.upgrades.move("FireHorse", static_cast<ChainEpoch>(height));
        }
    }
    if (upgrades.has(kNextHeight)) {
        STRATA_TRY(const auto height, upgrades.number(kNextHeight, {0, static_cast<std::uint64_t>(kNotPlanned)}));
        out.upgrades.move("Xx", static_cast<ChainEpoch>(height));
    }
    return {};
}

}  // namespace

Result<Network> parse_network(std::string_view json) {
    if (json.size() > kMaxFile)
        return fail(Errc::too_large, "network description: the file has " + std::to_string(json.size()) +
                                         " bytes, expected at most " + std::to_string(kMaxFile));
    const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
    if (!parsed.is_object()) return fail(Errc::malformed, "network description: the file is not a JSON object");
    const Object file(parsed, "");
    Network out = devnet_2k();
    STRATA_TRY(out.name, file.text("network_name", 1, kMaxName));
    STRATA_TRY(out.genesis_timestamp, file.number("genesis_timestamp", {1, kMaxTime}));
    STRATA_TRY(out.block_delay, file.number("block_delay_s", {1, kMaxDelay}));
    STRATA_TRY(out.chain_id, file.number("eth_chain_id", {1, kMaxChainId}));
    STRATA_TRY(const auto drand, file.object("drand"));
    STRATA_TRY(out.beacon, read_beacon(drand));
    STRATA_TRY(const auto upgrades, file.object("upgrades"));
    STRATA_OK(read_upgrades(upgrades, out));
    if (file.has("winning_post")) {
        STRATA_TRY(const auto kind, file.text("winning_post", 1, kMaxName));
        out.stub_winning_post = kind.starts_with(kStub);
        if (!out.stub_winning_post && !kind.starts_with(kReal))
            return wrong("winning_post", "is \"" + kind + "\", expected a string that begins with stub or real");
    }
    if (out.stub_winning_post && is_public(out))
        return wrong("winning_post", "is a stub, which the public network " + out.name + " does not allow");
    if (is_mock(out.beacon) && is_public(out))
        return wrong("drand.mock", "is true, which the public network " + out.name + " does not allow");
    return out;
}

}  // namespace strata::chain
