#pragma once
// The folder of a sector that `strata proofs seal` made: cache/, sealed, and sector.json, which is written last and
// has what a PoSt must know about the sector.
#include <filesystem>

#include <strata/proofs/porep/seal.hpp>

namespace strata::cli {

struct SectorFolder {
    std::filesystem::path root;

    std::filesystem::path cache() const { return root / "cache"; }
    std::filesystem::path staged() const { return root / "staged"; }
    std::filesystem::path sealed() const { return root / "sealed"; }
    std::filesystem::path record() const { return root / "sector.json"; }
};

struct SectorRecord {
    std::uint64_t sector_size = 0;
    ActorId miner = 0;
    SectorNumber number = 0;
    Hash256 comm_r{};
};

Status write_record(const SectorFolder& folder, const SectorRecord& record);
/// Reads sector.json. Errors: not_found, io, too_large; malformed, with the file, the field, its value and what is
/// allowed.
Result<SectorRecord> read_record(const SectorFolder& folder);
/// Parses the content of sector.json; errors name `path`.
Result<SectorRecord> parse_record(std::string_view text, const std::string& path);

/// Reads 32 bytes in hexadecimal. Errors: malformed, naming `what`.
Result<Hash256> parse_hash(std::string_view text, std::string_view what);
/// Reads the value of an option in the same way. Errors: invalid_argument, naming the option.
Result<Hash256> parse_hash_option(std::string_view text, std::string_view option);
/// Writes the field elements of each partition in hexadecimal.
std::vector<std::vector<std::string>> hex_inputs(std::span<const std::vector<crypto::Fr>> inputs);

}  // namespace strata::cli
