#include <strata/conformance/sealing_world.hpp>

#include <unistd.h>
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/base/mapped_file.hpp>
#include <strata/conformance/data_pattern.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/proofs/piece/fr32.hpp>
#include <strata/proofs/piece/staging.hpp>

namespace strata::conformance {

namespace fs = std::filesystem;

WorkFolder::WorkFolder() {
    static std::atomic<int> count = 0;
    path_ =
        fs::temp_directory_path() / ("strata-vectors-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    fs::create_directories(path_);
}

WorkFolder::~WorkFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

Result<std::string> file_sha256(const fs::path& path) {
    STRATA_TRY(const auto file, MappedFile::open(path));
    return to_hex(crypto::sha256(file.bytes()));
}

Result<PieceInfo> stage(const std::string& data, std::uint64_t sector_size, const fs::path& staged) {
    auto pattern = DataPattern::parse(data);
    if (!pattern)
        return fail(Errc::unsupported,
                    "the data pattern '" + data + "' is unknown, expected zero, cc, byte:HH or xorshift:SEED");
    std::uint64_t left = proofs::raw_size(sector_size);
    const auto read = [&](std::span<std::uint8_t> buffer) -> Result<std::size_t> {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
        pattern->fill(buffer.first(n));
        left -= n;
        return n;
    };
    STRATA_TRY(const auto piece, proofs::stage_piece(read, sector_size, staged, 0));
    return PieceInfo{sector_size, proofs::piece_cid(piece.commitment)};
}

Result<Sealed> seal(const proofs::SealSubject& subject, const std::string& data, const fs::path& folder,
                    const fs::path& parents) {
    Sealed out;
    out.paths = {folder / "cache", folder / "staged", folder / "sealed", parents.string()};
    fs::create_directories(out.paths.cache);
    STRATA_TRY(const auto piece, stage(data, subject.config.sector_size, out.paths.staged));
    const std::array pieces{piece};
    STRATA_TRY(const auto phase1, proofs::seal_pre_commit_phase1(subject, out.paths, pieces));
    out.replica_id = phase1.replica_id;
    STRATA_TRY(out.commitments, proofs::seal_pre_commit_phase2(subject, out.paths, phase1));
    return out;
}

Result<proofs::SealSubject> subject_of(const Json& test) {
    proofs::SealSubject out;
    STRATA_TRY(out.config, seal_config_of(test));
    STRATA_TRY(out.prover_id, hash_field(test, "prover_id"));
    STRATA_TRY(out.ticket, hash_field(test, "ticket"));
    out.number = test.value("sector_number", SectorNumber{0});
    return out;
}

void Comparison::field(const char* field, const Json& got) {
    equal(field, got, test_.at(field));
}

void Comparison::equal(const std::string& what, const Json& got, const Json& wanted) {
    if (got == wanted) return report_.pass(name_ + ": " + what);
    report_.fail(name_ + ": " + what,
                 "got " + got.dump().substr(0, 300) + ", expected " + wanted.dump().substr(0, 300));
}

void Comparison::passes(const std::string& what, const Status& status) {
    report_.expect(status.has_value(), name_ + ": " + what, status ? "" : status.error().message());
}

}  // namespace strata::conformance
