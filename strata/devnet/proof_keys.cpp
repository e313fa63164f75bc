#include <strata/devnet/proof_keys.hpp>

#include <fmt/format.h>

#include <array>

#include <strata/devnet/demo_input.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/params/parameter_store.hpp>

namespace strata::devnet {
namespace {

// An upper bound of the disk space for the three keys of a sector size; those for 8 MiB take 1.5 GB.
constexpr std::uint64_t kMaxKeyBytes = std::uint64_t{1800} << 20;

}  // namespace

Status make_keys(const std::filesystem::path& folder, std::uint64_t sector_size, terminal::Report& report,
                 const std::atomic<bool>& stop) {
    proofs::ParameterStore store(folder);
    constexpr auto kKinds = std::to_array(
        {proofs::CircuitKind::window_post, proofs::CircuitKind::winning_post, proofs::CircuitKind::porep});
    std::size_t number = 0;
    for (const auto kind : kKinds) {
        const std::string name(proofs::circuit_kind_name(kind));
        ++number;
        const bool exists = store.has(kind, sector_size);
        if (!exists) {
            STRATA_OK(check_disk_space(folder, kMaxKeyBytes));
            crypto::SystemRandom random;
            const auto text = fmt::format("key {} of {}, for {} proofs", number, kKinds.size(), name);
            const auto progress = [&](std::string_view, double done) { report.progress(text, done); };
            STRATA_OK(store.make(kind, sector_size, random, {progress, &stop}));
        }
        report.fact(name, exists ? "already there" : "made; later starts find it");
    }
    report.fact("kept in", folder.string());
    report.fact("", "INSECURE: this machine chose the secrets of these keys. Use them on local networks only.");
    return {};
}

}  // namespace strata::devnet
