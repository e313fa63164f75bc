// strata paych: this node runs no payment channels, and says what there is instead.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>

namespace strata::cli {

void add_paych(CLI::App& app, Run& run) {
    auto* paych =
        app.add_subcommand("paych", "payment channels, which this node does not run: says what it can do instead");
    paych->footer("Example: strata paych");
    // Whatever a person of Lotus types after it, the answer is the same.
    paych->allow_extras();
    paych->callback([&run] {
        run = [] {
            fmt::print(
                stderr,
                "strata paych: this node keeps no payment channels: it makes and redeems no vouchers, and its "
                "Paych methods answer as a Lotus whose owner has switched them off.\n"
                "The actor of payment channels is part of the chain: strata state read-state shows a channel, and "
                "strata msg send with --method and --params-json calls its methods (2 UpdateChannelState, "
                "3 Settle, 4 Collect).\n");
            return kFault;
        };
    });
}

}  // namespace strata::cli
