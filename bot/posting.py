"""What the bot sends unasked: the outbox's worker, with all that writes, plans and delivers for it."""

from __future__ import annotations

from bot.boards.drawing import BoardDrawer
from bot.client.tailgate_bot import TailgateBot
from bot.notifications.board import BoardWriter, plan_boards
from bot.notifications.quote_of_the_day import QuoteOfTheDayWriter, plan_quotes
from bot.notifications.race_day import RaceDayWriter
from bot.notifications.race_day_planner import plan_race_day, plan_version
from bot.notifications.reminders import ReminderWriter
from bot.notifications.results import ResultsWriter
from bot.notifications.results_planner import plan_results
from bot.notifications.schedule_planner import plan_schedule
from bot.notifications.scheduled_events import DiscordCalendar, EventKeeper
from bot.notifications.threads import GO_INTO_THREADS, DiscordThreads, ThreadKeeper
from bot.notifications.threads_planner import plan_threads
from bot.notifications.trouble import TroubleWriter
from bot.outbox.contracts import InDoubt
from bot.outbox.discord_sender import DiscordSender
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.services import Services
from db.reminders.models import NotificationKind


def worker_of(bot: TailgateBot, services: Services, limiter: RateLimiter, in_doubt: InDoubt = InDoubt.AGAIN) -> Worker:
    """The outbox's worker, with its writers and planners; answers give way to what it has to deliver."""
    sender = DiscordSender(bot, services.clock.speed or 1.0)
    limiter.clear = sender.clear
    worker = Worker(services, sender, limiter, in_doubt)
    register_writers(worker, bot)
    bot.answer_in_turns_while(lambda: worker.busy, lambda: worker.behind)
    return worker


def register_writers(worker: Worker, bot: TailgateBot) -> None:
    """Hands the worker what writes each kind of message, what keeps the scheduled events, and what plans them."""
    reminder_writer = ReminderWriter(bot.router.as_of, bot.services.store)
    worker.compose(NotificationKind.REMINDER, reminder_writer.reminder)
    worker.compose(NotificationKind.CHANGE, reminder_writer.change)
    store = bot.services.store
    results_writer = ResultsWriter(store, bot.router.as_of)
    worker.compose(NotificationKind.RESULTS, results_writer.results)
    worker.compose(NotificationKind.RECAP, results_writer.recap)
    worker.compose(NotificationKind.STANDINGS, results_writer.standings)
    worker.compose(NotificationKind.LIVE, RaceDayWriter(store, bot.router.as_of).write)
    sender = DiscordSender(bot, bot.services.clock.speed or 1.0)
    worker.perform(NotificationKind.EVENT, EventKeeper(store, DiscordCalendar(bot, sender)).keep)
    threads = ThreadKeeper(store, bot.services.clock, DiscordThreads(bot, sender))
    worker.perform(NotificationKind.THREAD, threads.keep)
    for kind in GO_INTO_THREADS:
        worker.place(kind, threads.whereabouts)
    worker.compose(NotificationKind.QUOTE, QuoteOfTheDayWriter(bot.router.as_of, store).write)
    worker.compose(NotificationKind.BOARD, BoardWriter(store, BoardDrawer(bot.services, bot.router.as_of)).write)
    trouble = TroubleWriter(bot)
    worker.compose(NotificationKind.TROUBLE, trouble.write, trouble.owner)
    worker.plan(plan_schedule)
    worker.plan(plan_threads)
    worker.plan(plan_results)
    worker.plan(plan_quotes)
    worker.plan(plan_race_day, plan_version)
    worker.plan(plan_boards)
