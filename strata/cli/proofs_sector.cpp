#include <strata/cli/proofs_sector.hpp>

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include <strata/base/files.hpp>
#include <strata/base/hex.hpp>
#include <strata/proofs/circuit/shapes.hpp>

namespace strata::cli {

namespace {

constexpr std::uint64_t kMaxRecord = std::uint64_t{1} << 20;

}  // namespace

Status write_record(const SectorFolder& folder, const SectorRecord& record) {
    const nlohmann::ordered_json out{{"sector_size", record.sector_size},
                                     {"miner", record.miner},
                                     {"number", record.number},
                                     {"comm_r", to_hex(record.comm_r)}};
    return write_file(folder.record(), as_bytes(out.dump(1) + '\n'));
}

Result<SectorRecord> read_record(const SectorFolder& folder) {
    const auto text = read_file(folder.record(), kMaxRecord);
    if (!text && text.error().code() == Errc::not_found)
        return fail(Errc::not_found,
                    folder.record().string() + " does not exist; seal the sector first with `strata proofs seal`");
    if (!text) return text.error();
    return parse_record(as_text(*text), folder.record().string());
}

Result<SectorRecord> parse_record(std::string_view text, const std::string& path) {
    const auto wrong = [&](std::string_view field, std::string_view got, std::string_view allowed) {
        return fail(Errc::malformed,
                    fmt::format("{}: {} {}, expected {}; seal the sector again", path, field, got, allowed));
    };
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) return fail(Errc::malformed, path + " is not a JSON object; seal the sector again");
    SectorRecord out;
    const std::pair<const char*, std::uint64_t*> numbers[] = {
        {"sector_size", &out.sector_size}, {"miner", &out.miner}, {"number", &out.number}};
    for (const auto& [field, value] : numbers) {
        const auto it = json.find(field);
        if (it == json.end()) return wrong(field, "is missing", "a whole number of at least 0");
        if (!it->is_number_unsigned()) return wrong(field, "is " + it->dump(), "a whole number of at least 0");
        *value = it->get<std::uint64_t>();
    }
    constexpr std::uint64_t kSizes[] = {2048, 8 << 20, 512 << 20, std::uint64_t{32} << 30, std::uint64_t{64} << 30};
    if (std::ranges::find(kSizes, out.sector_size) == std::end(kSizes))
        return wrong("sector_size", fmt::format("is {}", out.sector_size),
                     "2048, 8388608, 536870912, 34359738368 or 68719476736");
    // Actor IDs and sector numbers have at most 63 bits (go-address, go-state-types abi.MaxSectorNumber).
    constexpr std::uint64_t kMaxNumber = std::numeric_limits<std::int64_t>::max();
    for (const auto& [field, value] : numbers)
        if (*value > kMaxNumber) return wrong(field, fmt::format("is {}", *value), fmt::format("0 to {}", kMaxNumber));
    const auto comm_r = json.find("comm_r");
    if (comm_r == json.end()) return wrong("comm_r", "is missing", "64 hexadecimal digits");
    if (!comm_r->is_string())
        return wrong("comm_r", "is " + comm_r->dump().substr(0, 100), "a string of 64 hexadecimal digits");
    STRATA_TRY(out.comm_r, parse_hash(comm_r->get_ref<const std::string&>(), path + ": comm_r"));
    return out;
}

Result<Hash256> parse_hash(std::string_view text, std::string_view what) {
    const auto bytes = from_hex(text);
    Hash256 out{};
    if (!bytes || bytes->size() != out.size())
        return fail(Errc::malformed, std::string(what) + " is '" + std::string(text.substr(0, 100)) +
                                         "', expected 64 hexadecimal digits");
    std::ranges::copy(*bytes, out.begin());
    return out;
}

Result<Hash256> parse_hash_option(std::string_view text, std::string_view option) {
    auto out = parse_hash(text, option);
    if (!out) return fail(Errc::invalid_argument, out.error().message());
    return out;
}

std::vector<std::vector<std::string>> hex_inputs(std::span<const std::vector<crypto::Fr>> inputs) {
    std::vector<std::vector<std::string>> out;
    for (const auto& partition : inputs) {
        auto& texts = out.emplace_back();
        for (const auto& input : partition) texts.push_back(input.to_hex());
    }
    return out;
}

}  // namespace strata::cli
