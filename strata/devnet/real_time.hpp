#pragma once
// strata devnet up: a local network in real time, until it is stopped.
#include <strata/devnet/devnet.hpp>
#include <strata/terminal/report.hpp>

namespace strata::devnet {

inline constexpr std::uint64_t kDefaultBlockDelay = 4;  // seconds
inline constexpr std::uint64_t kDefaultSectorSize = 2048;

struct UpOptions {
    std::filesystem::path folder;
    std::filesystem::path parameters;
    // These belong to a network from its beginning. They are empty where the person did not name them.
    std::optional<std::uint64_t> sector_size;
    std::optional<std::string> seed;           // default: drawn
    std::optional<std::uint64_t> block_delay;  // seconds
    std::uint16_t first_port = 1234;
};

/// The configuration of the folder's network, or of a new one. Errors: invalid_argument where an option differs from
/// the network that is there; those of settled_config.
Result<DevnetConfig> up_config(const UpOptions& options);

/// The epoch to work on after `epoch`, when the clock shows `now` and the head is at `head`. Where `why` is not empty,
/// the clock must be set to that epoch, and the sentence is for the person at the terminal.
struct NextEpoch {
    ChainEpoch epoch = 0;
    std::string why;
};
NextEpoch next_epoch(ChainEpoch epoch, ChainEpoch now, ChainEpoch head);

/// Runs until `stop`. A network that stood still goes on with the epoch after its head, as if no time had passed; the
/// same happens after a sleep of the machine. Errors: those of up_config and Devnet::open, and of making proof keys.
/// What fails later in one node is told and tried again.
Status run_up(const UpOptions& options, terminal::Report& report, const std::atomic<bool>& stop);

}  // namespace strata::devnet
