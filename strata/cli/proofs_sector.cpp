#include <strata/cli/proofs_sector.hpp>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include <strata/base/hex.hpp>
#include <strata/proofs/circuit/shapes.hpp>

namespace strata::cli {

Status write_record(const SectorFolder& folder, const SectorRecord& record) {
    const nlohmann::ordered_json out{{"sector_size", record.sector_size},
                                     {"miner", record.miner},
                                     {"number", record.number},
                                     {"comm_r", to_hex(record.comm_r)}};
    const auto unfinished = folder.root / "sector.json.tmp";
    std::ofstream file(unfinished);
    file << out.dump(1) << '\n';
    file.close();
    if (!file) return fail(Errc::io, unfinished.string());
    std::error_code error;
    std::filesystem::rename(unfinished, folder.record(), error);
    if (error) return fail(Errc::io, folder.record().string() + ": " + error.message());
    return {};
}

Result<SectorRecord> read_record(const SectorFolder& folder) {
    std::ifstream file(folder.record());
    if (!file) return fail(Errc::not_found, folder.record().string() + " is not there: seal the sector first");
    const auto json = nlohmann::json::parse(file, nullptr, false);
    const auto number = [&](const char* name) { return json.contains(name) && json.at(name).is_number_unsigned(); };
    if (!json.is_object() || !number("sector_size") || !number("miner") || !number("number") ||
        !json.contains("comm_r") || !json.at("comm_r").is_string())
        return fail(Errc::malformed, folder.record().string());
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
