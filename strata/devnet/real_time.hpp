#pragma once
// strata devnet up: a local network in real time, until somebody stops it.
#include <strata/devnet/devnet.hpp>
#include <strata/terminal/report.hpp>

namespace strata::devnet {

struct UpOptions {
    std::filesystem::path folder;
    std::filesystem::path parameters;
    std::uint64_t sector_size = 2048;
    std::string seed;
    std::uint64_t block_delay = 4;  // seconds
    std::uint16_t first_port = 1234;
};

/// Runs until `stop`; a network that stood still goes on with the epoch after its head, as if no time had passed.
/// Errors: those of Devnet::open and of making proof keys; io.
Status run_up(const UpOptions& options, terminal::Report& report, const std::atomic<bool>& stop);

}  // namespace strata::devnet
