#include <strata/proofs/params/parameter_store.hpp>

#include <fstream>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/proofs/circuit/circuits.hpp>
#include <strata/proofs/groth16/setup.hpp>
#include <strata/proofs/params/parameter_name.hpp>

namespace strata::proofs {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kSectorSizes[] = {std::uint64_t{1} << 11, std::uint64_t{1} << 23, std::uint64_t{1} << 29,
                                          std::uint64_t{1} << 35, std::uint64_t{1} << 36};

/// The first 16 bytes of the file's BLAKE2b-512 (proofs.md §15).
std::string published_digest(const ByteArray<64>& blake2b) {
    return to_hex(BytesView(blake2b).first(16));
}

std::string meta_text(std::uint64_t sector_size, const std::string& digest) {
    return "{\"sector_size\":" + std::to_string(sector_size) + ",\"insecure\":true,\"digest\":\"" + digest + "\"}\n";
}

Status write_whole(const fs::path& path, BytesView bytes) {
    auto unfinished = path;
    unfinished += ".part";
    {
        std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
        file.write(as_text(bytes).data(), static_cast<std::streamsize>(bytes.size()));
        if (!file.flush()) return fail(Errc::io, "cannot write " + path.string());
    }
    std::error_code error;
    fs::rename(unfinished, path, error);
    if (error) return fail(Errc::io, path.string() + ": " + error.message());
    return {};
}

Result<std::shared_ptr<const R1cs>> compiled(CircuitKind kind, std::uint64_t sector_size) {
    STRATA_TRY(const auto circuit, blank_circuit(kind, sector_size));
    return std::make_shared<const R1cs>(circuit.compile());
}

}  // namespace

Result<fs::path> ParameterStore::path(CircuitKind kind, std::uint64_t sector_size, std::string_view ending) const {
    STRATA_TRY(const auto name, parameter_name(kind, sector_size));
    return folder_ / (name + std::string(ending));
}

bool ParameterStore::has(CircuitKind kind, std::uint64_t sector_size) const {
    for (const auto* ending : {".params", ".vk", ".meta"}) {
        const auto file = path(kind, sector_size, ending);
        std::error_code error;
        if (!file || !fs::exists(*file, error)) return false;
    }
    return true;
}

Status ParameterStore::make(CircuitKind kind, std::uint64_t sector_size, crypto::RandomSource& random,
                            const Watch& watch) {
    if (has(kind, sector_size)) return {};
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) return fail(Errc::io, folder_.string() + ": " + error.message());
    STRATA_TRY(const auto params, path(kind, sector_size, ".params"));
    STRATA_TRY(const auto vk, path(kind, sector_size, ".vk"));
    STRATA_TRY(const auto meta, path(kind, sector_size, ".meta"));
    STRATA_OK(watch.at("circuit", 0));
    STRATA_TRY(const auto circuit, compiled(kind, sector_size));
    STRATA_TRY(const auto key, make_key(*circuit, SetupSecrets::draw(random), params, watch));
    STRATA_OK(write_whole(vk, key.verifying.to_bytes()));
    return write_whole(meta, as_bytes(meta_text(sector_size, published_digest(key.blake2b))));
}

Result<std::shared_ptr<const KeySet>> ParameterStore::open(CircuitKind kind, std::uint64_t sector_size) {
    // One reader at a time, so that nothing is read twice.
    const std::lock_guard lock(mutex_);
    auto& known = open_[{kind, sector_size}];
    if (known) return known;
    STRATA_TRY(known, read(kind, sector_size));
    return known;
}

Result<std::shared_ptr<const KeySet>> ParameterStore::read(CircuitKind kind, std::uint64_t sector_size) const {
    if (!has(kind, sector_size))
        return fail(Errc::not_found, "no " + std::string(circuit_kind_name(kind)) + " keys for sectors of " +
                                         std::to_string(sector_size) + " bytes in " + folder_.string() +
                                         ": make them with `strata proofs setup`");
    STRATA_TRY(const auto params, path(kind, sector_size, ".params"));
    STRATA_TRY(const auto meta_path, path(kind, sector_size, ".meta"));
    STRATA_TRY(auto key, ProvingKey::open(params));
    const auto digest = published_digest(crypto::blake2b_512(key.file.bytes()));
    STRATA_TRY(const auto meta, MappedFile::open(meta_path));
    if (as_text(meta.bytes()) != meta_text(sector_size, digest))
        return fail(Errc::verification, params.string() + " is not the file its .meta describes");
    STRATA_TRY(const auto circuit, compiled(kind, sector_size));
    STRATA_TRY(auto prover, Groth16Prover::make(std::move(key), circuit));
    return std::make_shared<const KeySet>(KeySet{true, digest, std::move(prover)});
}

Result<VerifyingKey> ParameterStore::verifying_key(CircuitKind kind, std::uint64_t sector_size) const {
    if (!has(kind, sector_size)) return fail(Errc::not_found, "no keys for this circuit in " + folder_.string());
    STRATA_TRY(const auto file, path(kind, sector_size, ".vk"));
    STRATA_TRY(const auto mapped, MappedFile::open(file));
    return VerifyingKey::from_bytes(mapped.bytes());
}

Result<std::vector<std::pair<std::string, std::string>>> ParameterStore::insecure_keys() const {
    using enum CircuitKind;
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto size : kSectorSizes)
        for (const auto kind : {porep, winning_post, window_post, sector_update}) {
            if (!has(kind, size)) continue;
            STRATA_TRY(const auto name, parameter_name(kind, size));
            STRATA_TRY(const auto meta_path, path(kind, size, ".meta"));
            STRATA_TRY(const auto meta, MappedFile::open(meta_path));
            const auto text = as_text(meta.bytes());
            constexpr std::size_t kDigits = 32, kAfter = 3;  // the digest, "}\n
            if (text.size() < kDigits + kAfter) return fail(Errc::malformed, meta_path.string() + " is damaged");
            std::string digest(text.substr(text.size() - kDigits - kAfter, kDigits));
            if (text != meta_text(size, digest)) return fail(Errc::malformed, meta_path.string() + " is damaged");
            out.emplace_back(name, std::move(digest));
        }
    return out;
}

void ParameterStore::close() {
    const std::lock_guard lock(mutex_);
    open_.clear();
}

}  // namespace strata::proofs
