#include <strata/proofs/params/parameter_store.hpp>

#include <strata/base/files.hpp>
#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/proofs/circuit/circuits.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/groth16/setup.hpp>
#include <strata/proofs/params/parameter_name.hpp>

namespace strata::proofs {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kSectorSizes[] = {std::uint64_t{1} << 11, std::uint64_t{1} << 23, std::uint64_t{1} << 29,
                                          std::uint64_t{1} << 35, std::uint64_t{1} << 36};

constexpr std::uint64_t kMaxMeta = 4096;
constexpr std::uint64_t kMaxVerifyingKey = std::uint64_t{16} << 20;

/// Returns the first 16 bytes of the file's BLAKE2b-512 (docs/protocol/proofs.md §15).
std::string published_digest(const ByteArray<64>& blake2b) {
    return to_hex(BytesView(blake2b).first(16));
}

std::string meta_text(std::uint64_t sector_size, const std::string& digest) {
    return "{\"sector_size\":" + std::to_string(sector_size) + ",\"insecure\":true,\"digest\":\"" + digest + "\"}\n";
}

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

/// Reads the digest from a .meta file. Only the digest varies, so the file must equal what meta_text() makes of it.
Result<std::string> digest_in_meta(const fs::path& path, std::uint64_t sector_size) {
    STRATA_TRY(const auto bytes, read_file(path, kMaxMeta));
    const auto text = as_text(bytes);
    constexpr std::size_t kDigits = 32, kAfter = 3;  // a quote, a brace and a newline follow the digest
    auto digest =
        std::string(text.size() < kDigits + kAfter ? "" : text.substr(text.size() - kDigits - kAfter, kDigits));
    if (text == meta_text(sector_size, digest)) return digest;
    return fail(Errc::malformed,
                path.string() +
                    " is damaged; remove it and run `strata proofs setup`, which writes it again from the proving key");
}

Error wrong_pair(const fs::path& vk, const fs::path& params) {
    return fail(Errc::verification,
                vk.string() + " is not the verifying key of " + params.string() +
                    "; remove the file that is wrong (`strata proofs setup` writes a removed .vk again)");
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

Error ParameterStore::missing(CircuitKind kind, std::uint64_t sector_size) const {
    return fail(Errc::not_found, "there are no " + std::string(circuit_kind_name(kind)) + " keys for sectors of " +
                                     std::to_string(sector_size) + " bytes in " + folder_.string() +
                                     "; make them with `strata proofs setup`");
}

Result<ParameterStore::Files> ParameterStore::files(CircuitKind kind, std::uint64_t sector_size) const {
    Files out;
    STRATA_TRY(out.params, path(kind, sector_size, ".params"));
    STRATA_TRY(out.vk, path(kind, sector_size, ".vk"));
    STRATA_TRY(out.meta, path(kind, sector_size, ".meta"));
    return out;
}

bool ParameterStore::has(CircuitKind kind, std::uint64_t sector_size) const {
    const auto set = files(kind, sector_size);
    return set && is_there(set->params) && is_there(set->vk) && is_there(set->meta);
}

Status ParameterStore::make(CircuitKind kind, std::uint64_t sector_size, crypto::RandomSource& random,
                            const Watch& watch) {
    STRATA_TRY(const auto set, files(kind, sector_size));
    STRATA_OK(make_folders(folder_));
    STRATA_OK(remove_unfinished(folder_));
    if (is_there(set.params)) return complete(set, sector_size);
    // New secrets would make all proofs of the old key worthless, so only a person may decide that.
    for (const auto& leftover : {set.vk, set.meta})
        if (is_there(leftover))
            return fail(Errc::verification,
                        leftover.string() + " exists, but its proving key " + set.params.string() +
                            " does not: restore the proving key, or remove " + leftover.string() +
                            " to make new keys, which will not verify proofs made with the old ones");
    STRATA_OK(watch.at("circuit", 0));
    STRATA_TRY(const auto circuit, compiled(kind, sector_size));
    STRATA_TRY(const auto key, make_key(*circuit, SetupSecrets::draw(random), set.params, watch));
    STRATA_OK(write_file(set.vk, key.verifying.to_bytes()));
    return write_file(set.meta, as_bytes(meta_text(sector_size, published_digest(key.blake2b))));
}

// A set that a stopped run left is completed from the proving key, the only file that cannot be made again.
Status ParameterStore::complete(const Files& set, std::uint64_t sector_size) {
    STRATA_TRY(const auto key, ProvingKey::open(set.params));
    if (!is_there(set.vk) || !is_there(set.meta)) {
        const auto digest = published_digest(crypto::blake2b_512(key.file.bytes()));
        if (!is_there(set.meta)) STRATA_OK(write_file(set.meta, as_bytes(meta_text(sector_size, digest))));
        STRATA_OK(check_digest(set, sector_size, digest));
    }
    if (!is_there(set.vk)) return write_file(set.vk, key.verifying.to_bytes());
    STRATA_OK(verifying_key(set));
    return {};
}

Status ParameterStore::check_digest(const Files& set, std::uint64_t sector_size, const std::string& digest) {
    STRATA_TRY(const auto expected, digest_in_meta(set.meta, sector_size));
    if (digest == expected) return {};
    return fail(Errc::verification, set.params.string() + " is damaged or is a different key: its digest is " + digest +
                                        ", but its .meta file says " + expected + "; restore it from a copy");
}

Result<VerifyingKey> ParameterStore::verifying_key(const Files& set) {
    STRATA_TRY(const auto bytes, read_file(set.vk, kMaxVerifyingKey));
    auto key = VerifyingKey::from_bytes(bytes);
    if (!key) return std::move(key).error().with_context(set.vk.string());
    STRATA_TRY(const auto params, MappedFile::open(set.params));
    // A parameter file begins with its verifying key.
    if (params.bytes().size() < bytes.size() || !equal(params.bytes().first(bytes.size()), bytes))
        return wrong_pair(set.vk, set.params);
    return std::move(*key);
}

Result<std::shared_ptr<const KeySet>> ParameterStore::open(CircuitKind kind, std::uint64_t sector_size) {
    return open_.get({kind, sector_size}, [&] { return read(kind, sector_size); });
}

Result<KeySet> ParameterStore::read(CircuitKind kind, std::uint64_t sector_size) const {
    if (!has(kind, sector_size)) return missing(kind, sector_size);
    STRATA_TRY(const auto set, files(kind, sector_size));
    STRATA_TRY(auto key, ProvingKey::open(set.params));
    const auto digest = published_digest(crypto::blake2b_512(key.file.bytes()));
    STRATA_OK(check_digest(set, sector_size, digest));
    STRATA_OK(verifying_key(set));
    STRATA_TRY(const auto circuit, compiled(kind, sector_size));
    STRATA_TRY(auto prover, Groth16Prover::make(std::move(key), circuit));
    return KeySet{/*insecure=*/true, digest, std::move(prover)};
}

Result<VerifyingKey> ParameterStore::verifying_key(CircuitKind kind, std::uint64_t sector_size) const {
    if (!has(kind, sector_size)) return missing(kind, sector_size);
    STRATA_TRY(const auto set, files(kind, sector_size));
    return verifying_key(set);
}

Result<std::vector<std::pair<std::string, std::string>>> ParameterStore::insecure_keys() const {
    using enum CircuitKind;
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto size : kSectorSizes)
        for (const auto kind : {porep, winning_post, window_post, sector_update}) {
            if (!has(kind, size)) continue;
            STRATA_TRY(const auto name, parameter_name(kind, size));
            STRATA_TRY(const auto meta_path, path(kind, size, ".meta"));
            STRATA_TRY(auto digest, digest_in_meta(meta_path, size));
            out.emplace_back(name, std::move(digest));
        }
    return out;
}

void ParameterStore::close() {
    open_.clear();
}

}  // namespace strata::proofs
