from rq.job import Job, JobStatus
