#include <strata/proofs/porep/synthetic_file.hpp>

#include <strata/base/mutex.hpp>
#include <strata/base/thread_pool.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

constexpr std::uint64_t kHead = 3 * kNodeSize;  // roots of TreeD, TreeC, TreeRLast

/// Returns the size of one challenge in the file: 15 node numbers, TreeD leaf and path, 15 columns with their TreeC
/// leaf and path, TreeRLast leaf and path (docs/protocol/proofs.md §8).
std::uint64_t record_size(const SealConfig& config) {
    const std::uint64_t data_path = 1 + config.log2_nodes;
    const std::uint64_t replica_path = 1 + PathShape::of_replica(config.log2_nodes).siblings();
    const std::uint64_t columns = (1 + kDegree) * (config.layers + replica_path);
    return (1 + kDegree) * sizeof(std::uint64_t) + (data_path + columns + replica_path) * kNodeSize;
}

class Writer {
  public:
    explicit Writer(std::span<std::uint8_t> out) : out_(out) {}
    void put(std::uint64_t number) {
        store_le(out_.data(), number);
        out_ = out_.subspan(sizeof number);
    }
    void put(const Fr& element) {
        std::ranges::copy(element.to_bytes(), out_.begin());
        out_ = out_.subspan(kNodeSize);
    }
    void put(std::span<const Fr> elements) {
        for (const auto& element : elements) put(element);
    }
    void put(const Fr& leaf, const PathValues& path) {
        put(leaf);
        put(path.siblings);
    }

  private:
    std::span<std::uint8_t> out_;
};

class Reader {
  public:
    explicit Reader(BytesView in) : in_(in) {}
    std::uint64_t number() {
        const auto value = load_le<std::uint64_t>(in_.data());
        in_ = in_.subspan(sizeof value);
        return value;
    }
    Result<Fr> element() {
        STRATA_TRY(const auto out, Fr::from_bytes(in_.first(kNodeSize)));
        in_ = in_.subspan(kNodeSize);
        return out;
    }
    Result<std::vector<Fr>> elements(std::size_t count) {
        std::vector<Fr> out;
        for (std::size_t i = 0; i < count; ++i) {
            STRATA_TRY(const auto one, element());
            out.push_back(one);
        }
        return out;
    }
    /// Returns the leaf, and stores the index and the siblings in `path`.
    Result<Fr> path(std::uint64_t index, std::size_t siblings, PathValues& path) {
        STRATA_TRY(const auto leaf, element());
        path.index = index;
        STRATA_TRY(path.siblings, elements(siblings));
        return leaf;
    }

  private:
    BytesView in_;
};

Status write_record(const SealedSector& sector, std::uint64_t challenge, const Parents& parents,
                    std::span<std::uint8_t> out) {
    STRATA_TRY(const auto shown, sector.evidence(challenge, parents));
    Writer writer(out);
    writer.put(challenge);
    for (const auto parent : parents) writer.put(std::uint64_t{parent});
    writer.put(shown.data_leaf, shown.data_path);
    STRATA_TRY(const auto column, sector.column(challenge));
    writer.put(column);
    STRATA_TRY(const auto column_hash, sector.tree_c().leaf(challenge));
    writer.put(column_hash, shown.column_path);
    for (std::size_t i = 0; i < kDegree; ++i) {
        const auto& parent = i < kDrgParents ? shown.drg_parents[i] : shown.expander_parents[i - kDrgParents];
        writer.put(parent.rows);
        STRATA_TRY(const auto leaf, sector.tree_c().leaf(parents[i]));
        writer.put(leaf, parent.path);
    }
    STRATA_TRY(const auto replica_leaf, sector.tree_r_last().leaf(challenge));
    writer.put(replica_leaf, shown.replica_path);
    return {};
}

}  // namespace

Status write_synthetic_file(const SealConfig& config, const SealedSector& sector, const SyntheticChallenges& challenges,
                            const std::filesystem::path& path, const Watch& watch) {
    const std::uint64_t record = record_size(config);
    STRATA_TRY(auto file, MappedWriter::create(path, kHead + challenges.count() * record));
    const auto out = file.writable();
    const auto roots = nodes_of(out.first(kHead));
    roots[0] = sector.data_tree().root();
    roots[1] = sector.tree_c().root().to_bytes();
    roots[2] = sector.tree_r_last().root().to_bytes();

    const auto graph = config.graph();
    constexpr std::uint64_t kStep = 4096;
    Mutex mutex;
    Status outcome;
    for (std::uint64_t done = 0; done < challenges.count(); done += kStep) {
        STRATA_OK(watch.at("synthetic proofs", static_cast<double>(done) / static_cast<double>(challenges.count())));
        // Threads write disjoint records of the mapped file.
        parallel_for(std::min(kStep, challenges.count() - done), 16, [&](std::size_t begin, std::size_t end) {
            for (auto i = done + begin; i < done + end; ++i) {
                const auto challenge = challenges[i];
                const auto status =
                    write_record(sector, challenge, graph.parents(challenge), out.subspan(kHead + i * record, record));
                if (status) continue;
                const Lock lock(mutex);
                outcome = status.error();
            }
        });
        STRATA_OK(outcome);
    }
    return file.commit();
}

Result<SyntheticFile> SyntheticFile::open(const SealConfig& config, std::uint64_t challenges,
                                          const std::filesystem::path& path) {
    SyntheticFile out;
    out.config_ = config;
    out.record_ = record_size(config);
    STRATA_TRY(out.file_, MappedFile::open_sized(path, kHead + challenges * out.record_));
    return out;
}

Result<PorepChallengeValues> SyntheticFile::read(std::uint64_t i) const {
    const std::size_t siblings = PathShape::of_replica(config_.log2_nodes).siblings();
    Reader reader(file_.bytes().subspan(kHead + i * record_, record_));
    PorepChallengeValues out;
    out.challenge = reader.number();
    std::array<std::uint64_t, kDegree> parents;
    for (auto& parent : parents) parent = reader.number();
    STRATA_TRY(out.data_leaf, reader.path(out.challenge, config_.log2_nodes, out.data_path));
    // The node's own labels and all leaves but the data are skipped: they follow from the parents' labels and the data.
    STRATA_OK(reader.elements(config_.layers));
    STRATA_OK(reader.path(out.challenge, siblings, out.column_path));
    for (std::size_t k = 0; k < kDegree; ++k) {
        auto& parent = k < kDrgParents ? out.drg_parents[k] : out.expander_parents[k - kDrgParents];
        STRATA_TRY(parent.rows, reader.elements(config_.layers));
        STRATA_OK(reader.path(parents[k], siblings, parent.path));
    }
    STRATA_OK(reader.path(out.challenge, siblings, out.replica_path));
    return out;
}

}  // namespace strata::proofs
