#include <strata/cli/proofs_sector.hpp>

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
        return fail(Errc::not_found, folder.record().string() + " is not there: seal the sector first");
    if (!text) return text.error();
    const auto json = nlohmann::json::parse(as_text(*text), nullptr, false);
    const auto number = [&](const char* name) { return json.contains(name) && json.at(name).is_number_unsigned(); };
    if (!json.is_object() || !number("sector_size") || !number("miner") || !number("number") ||
        !json.contains("comm_r") || !json.at("comm_r").is_string())
        return fail(Errc::malformed, folder.record().string() +
                                         " is not a sector's record (sector_size, miner, number, comm_r); seal the "
                                         "sector again");
    SectorRecord out{json.at("sector_size"), json.at("miner"), json.at("number"), {}};
    STRATA_TRY(out.comm_r, parse_hash(json.at("comm_r").get_ref<const std::string&>(), folder.record().string()));
    return out;
}

Result<Hash256> parse_hash(std::string_view text, std::string_view what) {
    const auto bytes = from_hex(text);
    Hash256 out{};
    if (!bytes || bytes->size() != out.size())
        return fail(Errc::malformed, std::string(what) + ": 64 hexadecimal digits are wanted");
    std::ranges::copy(*bytes, out.begin());
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
