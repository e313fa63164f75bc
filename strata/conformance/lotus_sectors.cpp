#include <strata/conformance/lotus_sectors.hpp>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include <strata/base/tar.hpp>
#include <strata/conformance/lotus_genesis.hpp>
#include <strata/conformance/sealing_world.hpp>
#include <strata/ipld/cid.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/proofs/post/post.hpp>

namespace strata::conformance {

namespace fs = std::filesystem;

namespace {

void write_file(const fs::path& path, const std::string& content) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

/// Returns each sector's CommR by the sector's name, from the pre-seal files; sectors that were sealed later are
/// missing.
std::map<std::string, std::string> recorded_comm_r(const std::map<std::string, std::string>& files) {
    std::map<std::string, std::string> out;
    for (const auto& [name, content] : files) {
        if (!name.contains("pre-seal-")) continue;
        const auto document = Json::parse(content, nullptr, false);
        if (!document.is_object()) continue;
        for (const auto& [miner, value] : document.items())
            for (const auto& sector : value.at("Sectors"))
                out["s-" + miner + "-" + sector.at("SectorID").dump()] = sector.at("CommR").at("/");
    }
    return out;
}

/// Checks that every leaf of the replica has a path to the cached root, and that this root and CommC make CommR. If
/// `comm_r_cid` is empty, CommR is not compared with a record.
Status check_sector(const fs::path& sealed, const fs::path& cache, const std::string& comm_r_cid) {
    STRATA_TRY(const auto commitments, proofs::read_commitments(cache, {}));
    if (!comm_r_cid.empty() && proofs::replica_cid(commitments.comm_r).to_string() != comm_r_cid)
        return fail(Errc::verification,
                    "CommR is " + proofs::replica_cid(commitments.comm_r).to_string() + ", expected " + comm_r_cid);
    STRATA_TRY(const auto config,
               proofs::PostConfig::of(fs::file_size(sealed), proofs::PostKind::window, proofs::PostRules::by_sector));
    std::vector<std::uint64_t> leaves;
    for (std::uint64_t i = 0; i < config.nodes(); ++i) leaves.push_back(i);
    STRATA_OK(proofs::read_checked_leaves(config, {{0, commitments.comm_r}, cache, sealed}, leaves));
    return {};
}

/// Checks that the template in the archive leads to genesis.car in the folder of the archive.
void check_genesis(const fs::path& folder, const std::map<std::string, std::string>& files, Report& report) {
    const auto genesis_template =
        std::ranges::find_if(files, [](const auto& file) { return file.first.ends_with("genesis-template.json"); });
    const VectorFile car(folder / "genesis.car"), network(folder / "network.json");
    if (genesis_template == files.end() || car.text().empty() || network.text().empty()) return;
    const auto made = reproduce_genesis(genesis_template->second, network.text(), as_bytes(car.text()));
    report.expect(made.has_value(), "genesis of the template", made ? "" : made.error().message());
}

class LotusSectors final : public Suite {
  public:
    std::string_view name() const override { return "lotus sectors"; }
    bool recognises(const VectorFile& file) const override { return file.name().starts_with("sectors.tar"); }
    void run(const VectorFile& file, Report& report) const override {
        const auto files = files_of_tar(file.text());
        const WorkFolder work;
        for (const auto& [name, content] : files) write_file(work.path() / fs::path(name).relative_path(), content);
        const auto recorded = recorded_comm_r(files);
        std::size_t sectors = 0;
        for (const auto& [name, content] : files) {
            const fs::path path(name);
            if (path.parent_path().filename() != "sealed") continue;
            ++sectors;
            const auto sector = path.filename().string();
            const auto known = recorded.find(sector);
            const auto status =
                check_sector(work.path() / path, work.path() / path.parent_path().parent_path() / "cache" / sector,
                             known == recorded.end() ? "" : known->second);
            report.expect(status.has_value(), sector, status ? "" : status.error().message());
        }
        report.expect(sectors > 0, "sectors in the archive", "the archive has no sealed sectors");
        check_genesis(file.path().parent_path(), files, report);
    }
};

}  // namespace

const Suite& lotus_sectors() {
    static const LotusSectors suite;
    return suite;
}

}  // namespace strata::conformance
